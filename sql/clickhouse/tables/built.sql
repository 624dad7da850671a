-- built: what each partition of each layer was built from, and when it last changed.
-- Several rows per (layer, family, period): of both numbers the greatest counts, so a row written twice changes nothing.
-- `sequence` is written before the partition changes, `source_sequence` after it: whoever is killed in between recomputes once more.
create table if not exists built (
    layer LowCardinality(String),
    family LowCardinality(String),
    period Date32,
    -- The newest change of the layer below that the partition holds.
    source_sequence SimpleAggregateFunction(max, UInt64),
    -- When the partition last really changed: what is built from it is stale until it holds that.
    sequence SimpleAggregateFunction(max, UInt64)
)
engine = AggregatingMergeTree
order by (layer, family, period)
