-- What a region's ingestion holds for a window of time: the sink that feeds landing.
-- One row per data source operation.
-- Reads ingestion of the region's own database from {since} up to {until}.
select
    toDateTime64(event.timestamp, 6, 'UTC') as timestamp,
    -- One byte that is no UTF-8 would make the whole file unreadable: toValidUTF8 puts U+FFFD in its place.
    toValidUTF8(toString(event.organization_id)) as organization_id,
    toValidUTF8(toString(event.workspace_id)) as workspace_id,
    toValidUTF8(toString(event.operation_id)) as operation_id,
    toValidUTF8(toString(event.datasource_id)) as datasource_id,
    toValidUTF8(toString(event.datasource_name)) as datasource_name,
    toValidUTF8(toString(event.event_type)) as event_type,
    toValidUTF8(toString(event.result)) as result,
    toValidUTF8(toString(event.error)) as error,
    event.elapsed_time as elapsed_time,
    event.written_rows as written_rows,
    event.written_bytes as written_bytes,
    event.written_rows_quarantine as written_rows_quarantine,
    event.written_bytes_quarantine as written_bytes_quarantine,
    event.read_rows as read_rows,
    event.read_bytes as read_bytes,
    event.cpu_time as cpu_time,
    {region:String} as region,
    {exported_at:DateTime64(3, 'UTC')} as exported_at
from ingestion as event
where
    event.timestamp >= {since:DateTime64(6, 'UTC')}
    and event.timestamp < {until:DateTime64(6, 'UTC')}
