-- ingestion of one region's own database: its operations as they finally are.
-- One row per operation, appended batch by batch in the order of time.
-- Reads batch.
insert into ingestion by name
select
    "timestamp",
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
    cpu_time
from batch
