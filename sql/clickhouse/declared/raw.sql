-- raw_{source}: {one_row_is}, the highest version of each.
-- One row per ({key}).
-- Built in staging and swapped in: a day of many rows alone, the others of a month together.
create table if not exists raw_{source} (
    {columns},
    -- The partition of a period of many rows; 0 where it shares one, see partitions.py.
    own_partition UInt32
)
engine = MergeTree
partition by (toYYYYMM({time}), own_partition)
-- Rollups group by organization and hour, and a merge meets its keys in landing's order.
order by ({key})
