-- {level}_pipe_stats_requests: requests by pipe: the basis of totals, top pipes, top workspaces and regions.
-- One row per ({period}, organization_id, workspace_id, pipe_id, pipe_name, region); the states of one level merge into the next.
-- One table each for hourly, daily, weekly and monthly. A customer's year is a few ranges; 128 bits, because sums of 64-bit counters pass 2^63.
create table if not exists {level}_pipe_stats_requests (
    {period} {period_type} codec(Delta, ZSTD(1)),
    organization_id String,
    workspace_id String,
    pipe_id String,
    pipe_name String,
    region LowCardinality(String),
    requests AggregateFunction(sum, Int64),
    errors AggregateFunction(sum, Int128),
    read_bytes AggregateFunction(sum, Int128),
    read_rows AggregateFunction(sum, Int128),
    result_rows AggregateFunction(sum, Int128),
    cpu_time_us AggregateFunction(sum, Int128),
    last_at AggregateFunction(max, DateTime64(6, 'UTC')),
    -- The partition of a period of many rows; 0 where it shares one, see partitions.py.
    own_partition UInt32
)
engine = AggregatingMergeTree
partition by ({shared}, own_partition)
-- Summaries ask for organizations.
order by (organization_id, {period}, workspace_id, pipe_id, pipe_name, region)
