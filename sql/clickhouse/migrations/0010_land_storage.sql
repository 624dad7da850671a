-- landing_storage: every valid landing row of storage, duplicates and all.
-- One row per (file, row in it); it counts once the ledger names its file, and while that is the newest version of its object.
-- Rows of a killed import are written again, equal to the last byte: merges fold them, and no reader counts them twice.
create table if not exists landing_storage (
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
    file_id UInt64 codec(ZSTD(1)),
    row_number UInt64 codec(Delta, ZSTD(1))
)
engine = ReplacingMergeTree(exported_at)
-- Each part costs chDB a millisecond at every start.
partition by toYYYYMM(timestamp)
-- What lands late is merged day by day. The versions of a key lie together: removing duplicates reads them as a run.
order by (toYYYYMMDD(timestamp), organization_id, timestamp, datasource_id, exported_at, file_id, row_number)
-- Small parts are merged, and the pieces of a large import stay as they came.
settings max_bytes_to_merge_at_max_space_in_pool = 16777216, max_avg_part_size_for_too_many_parts = 4194304
