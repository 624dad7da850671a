-- What a region's storage holds for a window of time: the sink that feeds landing.
-- One row per size reading of one data source.
-- Reads storage of the region's own database from $from up to $to.
select
    timestamp,
    organization_id,
    workspace_id,
    datasource_id,
    datasource_name,
    bytes,
    rows,
    bytes_quarantine,
    rows_quarantine,
    cast($region as varchar) as region,
    cast($exported_at as timestamp_ms) as exported_at
from storage
where timestamp >= $from and timestamp < $to
