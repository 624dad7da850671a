-- What a region's pipe_stats holds for a window of time: the sink that feeds landing.
-- One row per API request.
-- Reads pipe_stats of the region's own database from $from up to $to.
select
    start_datetime,
    organization_id,
    workspace_id,
    pipe_id,
    pipe_name,
    request_id,
    status_code,
    error,
    duration,
    read_bytes,
    read_rows,
    result_rows,
    cpu_time,
    method,
    user_agent,
    cast($region as varchar) as region,
    cast($exported_at as timestamp_ms) as exported_at
from pipe_stats
where start_datetime >= $from and start_datetime < $to
