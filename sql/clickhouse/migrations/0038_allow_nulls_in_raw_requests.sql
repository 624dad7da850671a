-- raw_pipe_stats: what a producer does not know may be null.
-- No rows.
-- Changes columns of raw_pipe_stats.
alter table raw_pipe_stats
    modify column status_code Nullable(Int32),
    modify column error Nullable(UInt8),
    modify column duration_us Nullable(UInt64) codec(T64, ZSTD(1)),
    modify column result_rows Nullable(UInt64) codec(T64, ZSTD(1)),
    modify column cpu_time_us Nullable(UInt64) codec(T64, ZSTD(1)),
    modify column method LowCardinality(Nullable(String))
