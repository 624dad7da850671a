-- edition_log: how far each edition's numbers reach, by the data's own clock; and the marks of its summaries.
-- One row per refresh of a year: the highest version counts, and `generated_at` is null while the edition holds nothing.
-- One row is one insert: it is the last thing a refresh writes.
create table if not exists edition_log (
    year Int32,
    through Nullable(DateTime64(6, 'UTC')),
    generated_at Nullable(DateTime64(6, 'UTC')),
    -- The newest import contained.
    last_sequence UInt64,
    -- Set once late rows are no longer followed; the imports that raw did not hold then are left out.
    frozen_at Nullable(DateTime64(6, 'UTC')),
    left_out Array(UInt64),
    -- Entries of stale_summaries up to these are settled: for the summaries, and for the reach.
    followed UInt64,
    reached UInt64,
    version UInt64
)
engine = MergeTree
order by (year, version)
-- A row sent again because its answer was lost counts once.
settings non_replicated_deduplication_window = 1000
