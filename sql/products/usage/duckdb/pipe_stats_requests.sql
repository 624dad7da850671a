-- hourly.pipe_stats_requests: API requests by pipe, with what they read and answered.
-- One row per (hour, organization_id, workspace_id, pipe_id, pipe_name, region).
-- Reads raw.pipe_stats from $from up to $to; a refresh puts a semi join in place of the comment.
select
    date_trunc('hour', event.start_datetime) as hour,
    event.organization_id,
    event.workspace_id,
    event.pipe_id,
    event.pipe_name,
    event.region,
    count(*) as requests,
    sum(coalesce(event.error, 0)) as errors,
    count(*) filter (where event.error is null) as errors_unknown,
    sum(event.read_bytes) as read_bytes,
    sum(event.read_rows) as read_rows,
    sum(coalesce(event.result_rows, 0)) as result_rows,
    count(*) filter (where event.result_rows is null) as result_rows_unknown,
    sum(coalesce(event.cpu_time_us, 0)) as cpu_time_us,
    max(event.start_datetime) as last_at
from raw.pipe_stats as event /* touched */
where event.start_datetime >= $from and event.start_datetime < $to
group by all
