-- The day of the log's own clock with most requests.
-- One row.
-- Reads the hourly rollup, shifted by the four whole hours between that clock and UTC.
select 'busiest day' as what, toString(toDate(hour - interval 4 hour)) as day, sumMerge(requests) as day_requests
from hourly_pipe_stats_requests
group by day
order by day_requests desc, day
limit 1
