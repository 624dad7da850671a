-- hourly_pipe_stats_requests: API requests by pipe, with what they read and answered.
-- One row per (hour, organization_id, workspace_id, pipe_id, pipe_name, region).
-- Reads raw_pipe_stats for the days in {partitions}.
select
    toStartOfHour(event.start_datetime) as hour,
    event.organization_id as organization_id,
    event.workspace_id as workspace_id,
    event.pipe_id as pipe_id,
    event.pipe_name as pipe_name,
    event.region as region,
    sumState(toInt64(1)) as requests,
    sumState(toInt128(ifNull(event.error, 0))) as errors,
    sumState(toInt64(event.error is null)) as errors_unknown,
    sumState(toInt128(event.read_bytes)) as read_bytes,
    sumState(toInt128(event.read_rows)) as read_rows,
    sumState(toInt128(ifNull(event.result_rows, 0))) as result_rows,
    sumState(toInt64(event.result_rows is null)) as result_rows_unknown,
    sumState(toInt128(ifNull(event.cpu_time_us, 0))) as cpu_time_us,
    maxState(event.start_datetime) as last_at
from raw_pipe_stats as event
where toYYYYMMDD(event.start_datetime) in {partitions:Array(UInt32)}
group by hour, organization_id, workspace_id, pipe_id, pipe_name, region
