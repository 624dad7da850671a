-- What a region's ingestion holds for a window of time: the sink that feeds landing.
-- One row per data source operation.
-- Reads ingestion of the region's own database from $from up to $to.
select
    timestamp,
    organization_id,
    workspace_id,
    operation_id,
    datasource_id,
    datasource_name,
    event_type,
    result,
    error,
    elapsed_time,
    written_rows,
    written_bytes,
    written_rows_quarantine,
    written_bytes_quarantine,
    read_rows,
    read_bytes,
    cpu_time,
    cast($region as varchar) as region,
    cast($exported_at as timestamp_ms) as exported_at
from ingestion
where timestamp >= $from and timestamp < $to
