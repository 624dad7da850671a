-- {level}_pipe_stats_durations: the histogram of durations; each bucket is at most 1 % wide, so percentiles are exact to 1 %.
-- One row per ({period}, organization_id); the states of one level merge into the next.
-- One table each for hourly, daily, weekly and monthly. One histogram a row: arrays of buckets and their counts take a fraction of a row for each bucket.
create table if not exists {level}_pipe_stats_durations (
    {period} {period_type} codec(Delta, ZSTD(1)),
    organization_id String,
    histogram AggregateFunction(sumMap, Array(UInt16), Array(Int64)),
    -- The partition of a period of many rows; 0 where it shares one, see partitions.py.
    own_partition UInt32
)
engine = AggregatingMergeTree
partition by ({shared}, own_partition)
-- Summaries ask for organizations.
order by (organization_id, {period})
