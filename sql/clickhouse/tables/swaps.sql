-- swaps: when the last swap of a partition was begun, and which of them was done, as numbers of changes.
-- Several rows per (layer, family, period): of both numbers the greatest counts, so a row written twice changes nothing.
-- What is one partition from end to end is named by one day, see marks.py.
create table if not exists swaps (
    layer LowCardinality(String),
    family LowCardinality(String),
    period Date32,
    begun SimpleAggregateFunction(max, UInt64),
    done SimpleAggregateFunction(max, UInt64)
)
engine = AggregatingMergeTree
order by (layer, family, period)
