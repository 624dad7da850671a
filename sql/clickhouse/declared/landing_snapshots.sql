-- landing_{source}: every valid row of every snapshot of {source}; `region` is the one its folder names.
-- One row per (file, row in it); it counts once the ledger names its file.
-- Written before landing_ledger.
create table if not exists landing_{source} (
    {columns},
    region LowCardinality(String),
    file_id UInt64 codec(ZSTD(1)),
    row_number UInt64 codec(Delta, ZSTD(1))
)
engine = ReplacingMergeTree(exported_at)
order by ({key}, exported_at, file_id, row_number)
