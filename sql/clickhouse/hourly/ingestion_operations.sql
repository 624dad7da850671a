-- hourly_ingestion_operations: data source operations by event type, with what they wrote and read.
-- One row per (hour, organization_id, workspace_id, datasource_id, event_type, region).
-- Reads raw_ingestion for the days in {partitions}.
select
    toStartOfHour(event.timestamp) as hour,
    event.organization_id as organization_id,
    event.workspace_id as workspace_id,
    event.datasource_id as datasource_id,
    event.event_type as event_type,
    event.region as region,
    sumState(toInt64(1)) as operations,
    sumState(toInt64(event.result = 'error')) as failures,
    sumState(toInt128(event.written_rows)) as written_rows,
    sumState(toInt128(event.written_bytes)) as written_bytes,
    sumState(toInt128(event.written_rows_quarantine)) as written_rows_quarantine,
    sumState(toInt128(event.written_bytes_quarantine)) as written_bytes_quarantine,
    sumState(toInt128(ifNull(event.read_rows, 0))) as read_rows,
    sumState(toInt128(ifNull(event.read_bytes, 0))) as read_bytes,
    sumState(toInt128(ifNull(event.elapsed_time_us, 0))) as elapsed_time_us,
    sumState(toInt128(ifNull(event.cpu_time_us, 0))) as cpu_time_us
from raw_ingestion as event
where toYYYYMMDD(event.timestamp) in {partitions:Array(UInt32)}
group by hour, organization_id, workspace_id, datasource_id, event_type, region
