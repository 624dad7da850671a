-- pipe_stats of one region's own database: its requests as they finally are.
-- One row per request, appended batch by batch in the order of time.
-- Reads batch.
insert into pipe_stats by name
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
    user_agent
from batch
