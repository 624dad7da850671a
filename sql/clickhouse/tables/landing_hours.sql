-- landing_hours: in which hours of a day the valid rows of a landed file happened. Bit h of `hours` is h to h + 1 o'clock, UTC.
-- One row per (file_id, day), or several that say the same: a killed import writes them again. None for files imported before
-- this table was there: their rows may be of any hour.
create table if not exists landing_hours (
    family LowCardinality(String),
    day Date32 codec(Delta, ZSTD(1)),
    file_id UInt64,
    hours UInt32 codec(T64, ZSTD(1))
)
engine = MergeTree
-- Serving asks for the files of a few days.
order by (family, day, file_id)
settings non_replicated_deduplication_window = 1000
