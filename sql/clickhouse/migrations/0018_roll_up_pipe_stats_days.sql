-- {level}_pipe_stats_days: requests by calendar day, whatever the period of the row: the heat map and the peak day.
-- One row per ({period}, organization_id, event_date); the states of one level merge into the next.
-- One table each for hourly, daily, weekly and monthly. The calendar day is a dimension: a month still knows its days.
create table if not exists {level}_pipe_stats_days (
    {period} {period_type} codec(Delta, ZSTD(1)),
    organization_id String,
    event_date Date32,
    requests AggregateFunction(sum, Int64),
    errors AggregateFunction(sum, Int128),
    -- The partition of a period of many rows; 0 where it shares one, see partitions.py.
    own_partition UInt32
)
engine = AggregatingMergeTree
partition by ({shared}, own_partition)
-- Summaries ask for organizations.
order by (organization_id, {period}, event_date)
