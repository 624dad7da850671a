-- hourly_storage_sizes: the size of each data source, a gauge: the newest reading and the largest.
-- One row per (hour, organization_id, workspace_id, datasource_id, datasource_name, region).
-- Reads raw_storage for the days in {partitions}.
-- The timestamp is part of raw's key, so the newest reading of a data source is never a tie.
select
    toStartOfHour(event.timestamp) as hour,
    event.organization_id as organization_id,
    event.workspace_id as workspace_id,
    event.datasource_id as datasource_id,
    event.datasource_name as datasource_name,
    event.region as region,
    sumState(toInt64(1)) as readings,
    maxState(event.timestamp) as last_at,
    argMaxState(toInt128(event.bytes), event.timestamp) as bytes,
    argMaxState(toInt128(event.rows), event.timestamp) as rows,
    argMaxState(toInt128(event.bytes_quarantine), event.timestamp) as bytes_quarantine,
    argMaxState(toInt128(event.rows_quarantine), event.timestamp) as rows_quarantine,
    maxState(toInt128(event.bytes)) as max_bytes
from raw_storage as event
where toYYYYMMDD(event.timestamp) in {partitions:Array(UInt32)}
group by hour, organization_id, workspace_id, datasource_id, datasource_name, region
