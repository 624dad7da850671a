-- How many different URLs were asked for.
-- One row.
-- Reads the monthly rollup.
select 'urls' as what, uniqExact(pipe_id) as url_count
from monthly_pipe_stats_requests
