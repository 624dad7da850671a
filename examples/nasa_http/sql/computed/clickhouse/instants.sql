-- The first and the last request, by the log's own clock.
-- One row per instant.
-- Reads raw.
select 'first request' as what, formatDateTime(min(start_datetime) - interval 4 hour, '%F %T') as instant
from raw_pipe_stats
union all
select 'last request', formatDateTime(max(start_datetime) - interval 4 hour, '%F %T')
from raw_pipe_stats
