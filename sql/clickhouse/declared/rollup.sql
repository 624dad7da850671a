-- {level}_{table}: the states of a rollup; those of one level merge into the next.
-- One row per ({key}). Sums of 64-bit counters pass 2^63, so they have 128. A histogram is one row of arrays, a fraction of a row for each bucket.
-- Built in staging and swapped in: a period of many rows alone, the others together.
create table if not exists {level}_{table} (
    {period} {period_type} codec(Delta, ZSTD(1)),
    {columns},
    -- The partition of a period of many rows; 0 where it shares one, see partitions.py.
    own_partition UInt32
)
engine = AggregatingMergeTree
partition by ({shared}, own_partition)
-- A customer's year is a few ranges.
order by ({key})
