-- storage of a region's own database.
-- One row per size reading of one data source.
-- Reads nothing.
create table storage (
    "timestamp" timestamp_ms not null,
    organization_id varchar not null,
    workspace_id varchar not null,
    datasource_id varchar not null,
    datasource_name varchar not null,
    bytes ubigint not null,
    rows ubigint not null,
    bytes_quarantine ubigint not null,
    rows_quarantine ubigint not null
)
