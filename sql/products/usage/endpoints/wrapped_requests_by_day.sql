-- Requests and errors of each day that has any, all workspaces together.
-- One row per day.
-- Reads organizations and daily_requests.
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
