-- hourly.ingestion_operations: data source operations by event type, with what they wrote and read.
-- One row per (hour, organization_id, workspace_id, datasource_id, event_type, region).
-- Reads raw.ingestion from $from up to $to; a refresh puts a semi join in place of the comment.
select
    date_trunc('hour', event.timestamp) as hour,
    event.organization_id,
    event.workspace_id,
    event.datasource_id,
    event.event_type,
    event.region,
    count(*) as operations,
    count(*) filter (where event.result = 'error') as failures,
    sum(event.written_rows) as written_rows,
    sum(event.written_bytes) as written_bytes,
    sum(event.written_rows_quarantine) as written_rows_quarantine,
    sum(event.written_bytes_quarantine) as written_bytes_quarantine,
    sum(coalesce(event.read_rows, 0)) as read_rows,
    sum(coalesce(event.read_bytes, 0)) as read_bytes,
    sum(coalesce(event.elapsed_time_us, 0)) as elapsed_time_us,
    sum(coalesce(event.cpu_time_us, 0)) as cpu_time_us
from raw.ingestion as event /* touched */
where event.timestamp >= $from and event.timestamp < $to
group by all
