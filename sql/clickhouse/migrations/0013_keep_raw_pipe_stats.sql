-- raw_pipe_stats: one API request, the highest version of each.
-- One row per (organization_id, request_id, start_datetime).
-- Built in staging and swapped in: a day of many rows alone, the others of a month together.
create table if not exists raw_pipe_stats (
    start_datetime DateTime64(6, 'UTC') codec(Delta, ZSTD(1)),
    organization_id String,
    workspace_id LowCardinality(String),
    pipe_id String,
    pipe_name LowCardinality(String),
    request_id String,
    status_code Int32,
    error UInt8,
    duration_us UInt64 codec(T64, ZSTD(1)),
    read_bytes UInt64 codec(T64, ZSTD(1)),
    read_rows UInt64 codec(T64, ZSTD(1)),
    result_rows UInt64 codec(T64, ZSTD(1)),
    cpu_time_us UInt64 codec(T64, ZSTD(1)),
    method LowCardinality(String),
    user_agent Nullable(String),
    region LowCardinality(String),
    exported_at DateTime64(6, 'UTC') codec(Delta, ZSTD(1)),
    -- The partition of a period of many rows; 0 where it shares one, see partitions.py.
    own_partition UInt32
)
engine = MergeTree
partition by (toYYYYMM(start_datetime), own_partition)
-- Rollups group by organization and hour, and a merge meets its keys in landing's order.
order by (organization_id, start_datetime, request_id)
