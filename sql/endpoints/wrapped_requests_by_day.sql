-- Requests and errors of each day that has any, all workspaces together, in the order of the days. `errors` is null when one of the requests does not
-- say whether it failed.
-- Parameters:
--   wrapped_id String, required: Public ids of the customers, separated by commas; together they are one answer.
--   year Int32, default published: The edition asked.
--   start_date Date, default start of the year: First day, UTC.
--   end_date Date, default end of the year: The day after the last one, UTC.
with wanted as (
    select organization
    from organizations
    where wrapped_id in (select trim(unnest(string_split($wrapped_id, ',')), ' '))
)

select
    day as date,
    cast(sum(requests) as bigint) as requests,
    if(count(errors) = count(*), cast(sum(errors) as bigint), null) as errors
from daily_requests
semi join wanted using (organization)
where day >= $start_date and day < $end_date
group by day
order by day
