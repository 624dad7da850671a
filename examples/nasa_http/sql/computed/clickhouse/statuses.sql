-- How often each status was answered. No rollup keeps the status, so it is counted in raw.
-- One row per status.
-- Reads raw.
select 'status ' || toString(status_code) as what, count() as requests
from raw_pipe_stats
group by status_code
order by status_code
