-- The day of the log's own clock with most requests.
-- One row.
-- Reads the hourly rollup, shifted by the four whole hours between that clock and UTC.
with days as (
    select cast(hour - interval 4 hours as date) as day, cast(sum(requests) as bigint) as requests
    from hourly.pipe_stats_requests
    group by day
)

select 'busiest day' as what, cast(day as varchar) as day, requests
from days
order by requests desc, day
limit 1
