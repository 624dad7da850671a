-- dimensions_{source}: of each region the newest snapshot of each id, and when a snapshot first named the id.
-- One row per (region, {key}).
-- Built in staging and swapped in whole.
create table if not exists dimensions_{source} (
    {columns},
    region LowCardinality(String),
    first_exported_at DateTime64(6, 'UTC')
)
engine = MergeTree
order by (region, {key})
