-- Requests, errors and what they read, for each month that has any; of a month in part, for its days that are asked for.
-- One row per month.
-- Reads organizations and daily_requests.
with wanted as (
    select organization
    from organizations
    where wrapped_id in (select trim(unnest(string_split($wrapped_id, ',')), ' '))
)

select
    cast(date_trunc('month', day) as date) as month,
    cast(sum(requests) as bigint) as requests,
    if(count(errors) = count(*), cast(sum(errors) as bigint), null) as errors,
    cast(sum(read_bytes) as hugeint) as bytes_read,
    cast(sum(read_rows) as hugeint) as rows_read
from daily_requests
semi join wanted using (organization)
where day >= $start_date and day < $end_date
group by month
order by month
