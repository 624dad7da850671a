-- What a region's storage holds for a window of time: the sink that feeds landing.
-- One row per size reading of one data source.
-- Reads storage of the region's own database from {since} up to {until}.
select
    toDateTime64(event.timestamp, 6, 'UTC') as timestamp,
    -- One byte that is no UTF-8 would make the whole file unreadable: toValidUTF8 puts U+FFFD in its place.
    toValidUTF8(toString(event.organization_id)) as organization_id,
    toValidUTF8(toString(event.workspace_id)) as workspace_id,
    toValidUTF8(toString(event.datasource_id)) as datasource_id,
    toValidUTF8(toString(event.datasource_name)) as datasource_name,
    event.bytes as bytes,
    event.rows as rows,
    event.bytes_quarantine as bytes_quarantine,
    event.rows_quarantine as rows_quarantine,
    {region:String} as region,
    {exported_at:DateTime64(3, 'UTC')} as exported_at
from storage as event
where
    event.timestamp >= {since:DateTime64(6, 'UTC')}
    and event.timestamp < {until:DateTime64(6, 'UTC')}
