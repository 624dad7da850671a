-- {level}.operations: data source operations by workspace and kind.
-- One row per (organization, {period}, workspace_id, event_type).
-- Merged from ingestion_operations.
create table {level}.operations (
    organization integer not null,
    {period} {period_type} not null,
    workspace_id varchar not null,
    event_type varchar not null,
    operations bigint not null,
    written_bytes hugeint not null,
    written_rows hugeint not null
)
