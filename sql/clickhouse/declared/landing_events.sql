-- landing_{source}: every valid landing row of {source}, duplicates and all.
-- One row per (file, row in it); it counts once the ledger names its file, and while that is the newest version of its object.
-- Rows of a killed import are written again, equal to the last byte: merges fold them, and no reader counts them twice.
create table if not exists landing_{source} (
    {columns},
    file_id UInt64 codec(ZSTD(1)),
    row_number UInt64 codec(Delta, ZSTD(1))
)
engine = ReplacingMergeTree(exported_at)
-- Each part costs chDB a millisecond at every start.
partition by toYYYYMM({time})
-- What lands late is merged day by day. The versions of a key lie together: removing duplicates reads them as a run.
order by (toYYYYMMDD({time}), {key}, exported_at, file_id, row_number)
-- Small parts are merged, and the pieces of a large import stay as they came.
settings max_bytes_to_merge_at_max_space_in_pool = 16777216, max_avg_part_size_for_too_many_parts = 4194304
