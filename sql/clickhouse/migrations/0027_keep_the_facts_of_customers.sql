-- wrapped_summaries: the final integers of each customer's year; rates, percentages and ranks are computed from them.
-- One row per (year, wrapped_id).
-- Built in staging from summaries/facts.sql, a year at a time; read through summaries/read.sql.
create table if not exists wrapped_summaries (
    year Int32,
    wrapped_id String,
    requests Int64,
    errors Int64,
    bytes_read Int128,
    rows_read Int128,
    result_rows Int128,
    p50_us Nullable(Int64),
    p95_us Nullable(Int64),
    p99_us Nullable(Int64),
    -- Most of a row's bytes: days ascend and counts are small.
    days Array(Tuple(day Date32, requests Int64, errors Int64)) codec(ZSTD(1)),
    hours Array(Tuple(hour_of_day UInt8, requests Int64)),
    workspaces Array(Tuple(name Nullable(String), requests Int64, bytes_read Int128, bytes_written Int128)),
    pipes Array(Tuple(name String, requests Int64)),
    regions Array(Tuple(region String, requests Int64)),
    storage_bytes Nullable(Int128),
    storage_rows Nullable(Int128),
    -- None or one: a tuple cannot be null.
    largest_datasource Array(Tuple(name String, bytes Int128, rows Int128)),
    ingestion_bytes Int128,
    ingestion_rows Int128,
    ingestion_operations Int64,
    event_types Array(Tuple(event_type String, bytes Int128, rows Int128, operations Int64)),
    previous_requests Nullable(Int64)
)
engine = MergeTree
partition by year
order by wrapped_id
