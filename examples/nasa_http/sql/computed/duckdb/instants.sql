-- The first and the last request, by the log's own clock.
-- One row per instant.
-- Reads raw.
select 'first request' as what, strftime(min(start_datetime) - interval 4 hours, '%Y-%m-%d %H:%M:%S') as instant
from raw.pipe_stats
union all
select 'last request', strftime(max(start_datetime) - interval 4 hours, '%Y-%m-%d %H:%M:%S')
from raw.pipe_stats
