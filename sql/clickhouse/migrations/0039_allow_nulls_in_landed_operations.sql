-- landing_ingestion: what a producer does not know may be null.
-- No rows.
-- Changes columns of landing_ingestion.
alter table landing_ingestion
    modify column elapsed_time_us Nullable(UInt64) codec(T64, ZSTD(1)),
    modify column read_rows Nullable(UInt64) codec(T64, ZSTD(1)),
    modify column read_bytes Nullable(UInt64) codec(T64, ZSTD(1)),
    modify column cpu_time_us Nullable(UInt64) codec(T64, ZSTD(1))
