-- Requests and bytes by month of the log's own clock.
-- One row per month.
-- Reads the hourly rollup, shifted by the four whole hours between that clock and UTC: the evening of 28 February is
-- March in UTC.
select
    formatDateTime(hour - interval 4 hour, '%Y-%m') as what,
    sumMerge(requests) as month_requests,
    sumMerge(read_bytes) as month_bytes
from hourly_pipe_stats_requests
group by what
order by what
