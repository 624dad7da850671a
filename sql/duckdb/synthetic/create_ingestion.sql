-- ingestion of a region's own database.
-- One row per data source operation.
-- Reads nothing.
create table ingestion (
    "timestamp" timestamp_ms not null,
    organization_id varchar not null,
    workspace_id varchar not null,
    operation_id varchar not null,
    datasource_id varchar not null,
    datasource_name varchar not null,
    event_type varchar not null,
    result varchar not null,
    error varchar,
    elapsed_time double not null,
    written_rows ubigint not null,
    written_bytes ubigint not null,
    written_rows_quarantine ubigint not null,
    written_bytes_quarantine ubigint not null,
    read_rows ubigint not null,
    read_bytes ubigint not null,
    cpu_time double not null
)
