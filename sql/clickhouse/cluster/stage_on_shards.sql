-- {staging}: an empty place on each shard to build partitions of {table} in.
-- Replicated, because any replica may carry out the swap; under a path of its own, so that no other staging is in the way.
create table {staging}{on_cluster} as {table}
engine = {engine}('/wrapped/staging/{uuid}/{shard}', '{replica}')
{partition_by}order by {sorting_key}
