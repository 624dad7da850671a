-- {level}_pipe_stats_hours: requests by hour of the day, 0 to 23 UTC: the peak hour.
-- One row per ({period}, organization_id, hour_of_day); the states of one level merge into the next.
-- One table each for hourly, daily, weekly and monthly. The hour of the day is a dimension: a month still knows its hours.
create table if not exists {level}_pipe_stats_hours (
    {period} {period_type} codec(Delta, ZSTD(1)),
    organization_id String,
    hour_of_day UInt8,
    requests AggregateFunction(sum, Int64),
    -- The partition of a period of many rows; 0 where it shares one, see partitions.py.
    own_partition UInt32
)
engine = AggregatingMergeTree
partition by ({shared}, own_partition)
-- Summaries ask for organizations.
order by (organization_id, {period}, hour_of_day)
