-- {staging}: an empty place on this node to build partitions of {table} in; the swap is replicated.
-- A block sent twice because its answer was lost counts once.
create or replace table {staging} as {table}
engine = MergeTree
{partition_by}order by {sorting_key}
settings non_replicated_deduplication_window = 1000
