-- How many days of the log's own clock have requests.
-- One row.
-- Reads the hourly rollup, shifted by the four whole hours between that clock and UTC.
select 'days' as what, uniqExact(toDate(hour - interval 4 hour)) as day_count
from hourly_pipe_stats_requests
