-- How many different URLs were asked for.
-- One row.
-- Reads the monthly rollup.
select 'urls' as what, count(distinct pipe_id) as url_count
from monthly.pipe_stats_requests
