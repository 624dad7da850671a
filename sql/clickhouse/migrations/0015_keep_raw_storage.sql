-- raw_storage: one size reading of one data source, the highest version of each.
-- One row per (organization_id, datasource_id, timestamp).
-- Built in staging and swapped in: a day of many rows alone, the others of a month together.
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
    exported_at DateTime64(6, 'UTC') codec(Delta, ZSTD(1)),
    -- The partition of a period of many rows; 0 where it shares one, see partitions.py.
    own_partition UInt32
)
engine = MergeTree
partition by (toYYYYMM(timestamp), own_partition)
-- Rollups group by organization and hour, and a merge meets its keys in landing's order.
order by (organization_id, timestamp, datasource_id)
