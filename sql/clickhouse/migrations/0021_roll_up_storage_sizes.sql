-- {level}_storage_sizes: sizes by data source: a gauge, so the newest reading and the largest, never a sum over time.
-- One row per ({period}, organization_id, workspace_id, datasource_id, datasource_name, region); the states of one level merge into the next.
-- One table each for hourly, daily, weekly and monthly. A gauge: the value at the newest reading, and the largest.
create table if not exists {level}_storage_sizes (
    {period} {period_type} codec(Delta, ZSTD(1)),
    organization_id String,
    workspace_id String,
    datasource_id String,
    datasource_name String,
    region LowCardinality(String),
    readings AggregateFunction(sum, Int64),
    last_at AggregateFunction(max, DateTime64(6, 'UTC')),
    bytes AggregateFunction(argMax, Int128, DateTime64(6, 'UTC')),
    rows AggregateFunction(argMax, Int128, DateTime64(6, 'UTC')),
    bytes_quarantine AggregateFunction(argMax, Int128, DateTime64(6, 'UTC')),
    rows_quarantine AggregateFunction(argMax, Int128, DateTime64(6, 'UTC')),
    max_bytes AggregateFunction(max, Int128),
    -- The partition of a period of many rows; 0 where it shares one, see partitions.py.
    own_partition UInt32
)
engine = AggregatingMergeTree
partition by ({shared}, own_partition)
-- Summaries ask for organizations.
order by (organization_id, {period}, workspace_id, datasource_id, datasource_name, region)
