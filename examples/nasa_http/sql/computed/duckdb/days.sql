-- How many days of the log's own clock have requests.
-- One row.
-- Reads the hourly rollup, shifted by the four whole hours between that clock and UTC.
select 'days' as what, count(distinct cast(hour - interval 4 hours as date)) as day_count
from hourly.pipe_stats_requests
