-- dimensions_workspaces: the newest snapshot of each id, the region it came from, and when a snapshot first named the id.
-- One row per workspace_id.
-- Built in staging and swapped in whole.
create table if not exists dimensions_workspaces (
    workspace_id LowCardinality(String),
    organization_id String,
    name Nullable(String),
    exported_at DateTime64(6, 'UTC') codec(Delta, ZSTD(1)),
    region LowCardinality(String),
    first_exported_at DateTime64(6, 'UTC')
)
engine = MergeTree
order by workspace_id
