-- Requests and bytes by month of the log's own clock.
-- One row per month.
-- Reads the hourly rollup, shifted by the four whole hours between that clock and UTC: the evening of 28 February is
-- March in UTC.
select
    strftime(hour - interval 4 hours, '%Y-%m') as what,
    cast(sum(requests) as bigint) as requests,
    cast(sum(read_bytes) as bigint) as bytes
from hourly.pipe_stats_requests
group by what
order by what
