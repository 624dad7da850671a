-- raw_ingestion: one data source operation, the highest version of each.
-- One row per (organization_id, operation_id, datasource_id, event_type, timestamp).
-- Built in staging and swapped in: a day of many rows alone, the others of a month together.
create table if not exists raw_ingestion (
    timestamp DateTime64(6, 'UTC') codec(Delta, ZSTD(1)),
    organization_id String,
    workspace_id LowCardinality(String),
    operation_id String,
    datasource_id String,
    datasource_name LowCardinality(String),
    event_type LowCardinality(String),
    result LowCardinality(String),
    error Nullable(String),
    elapsed_time_us UInt64 codec(T64, ZSTD(1)),
    written_rows UInt64 codec(T64, ZSTD(1)),
    written_bytes UInt64 codec(T64, ZSTD(1)),
    written_rows_quarantine UInt64 codec(T64, ZSTD(1)),
    written_bytes_quarantine UInt64 codec(T64, ZSTD(1)),
    read_rows UInt64 codec(T64, ZSTD(1)),
    read_bytes UInt64 codec(T64, ZSTD(1)),
    cpu_time_us UInt64 codec(T64, ZSTD(1)),
    region LowCardinality(String),
    exported_at DateTime64(6, 'UTC') codec(Delta, ZSTD(1)),
    -- The partition of a period of many rows; 0 where it shares one, see partitions.py.
    own_partition UInt32
)
engine = MergeTree
partition by (toYYYYMM(timestamp), own_partition)
-- Rollups group by organization and hour, and a merge meets its keys in landing's order.
order by (organization_id, timestamp, operation_id, datasource_id, event_type)
