-- The landing columns of a batch of requests, but exported_at, which each of its files has its own.
-- One row per request, by day, region and time as the batch is.
-- Reads batch.
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
    region
from batch
order by rowid
