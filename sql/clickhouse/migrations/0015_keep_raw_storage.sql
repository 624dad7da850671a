-- raw_storage: one size reading of one data source, the highest version of each.
-- One row per (organization_id, datasource_id, timestamp).
-- Built in staging and swapped in, a day at a time.
create table if not exists raw_storage (
    timestamp DateTime64(6, 'UTC') codec(Delta, ZSTD(1)),
    organization_id String,
    workspace_id LowCardinality(String),
    datasource_id String,
    datasource_name LowCardinality(String),
    bytes UInt64 codec(T64, ZSTD(1)),
    rows UInt64 codec(T64, ZSTD(1)),
    bytes_quarantine UInt64 codec(T64, ZSTD(1)),
    rows_quarantine UInt64 codec(T64, ZSTD(1)),
    region LowCardinality(String),
    exported_at DateTime64(6, 'UTC') codec(Delta, ZSTD(1))
)
engine = MergeTree
partition by toYYYYMMDD(timestamp)
-- Rollups group by organization and hour, and a merge meets its keys in landing's order.
order by (organization_id, timestamp, datasource_id)
