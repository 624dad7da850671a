-- {level}_ingestion_operations: operations by data source and event type.
-- One row per ({period}, organization_id, workspace_id, datasource_id, event_type, region); the states of one level merge into the next.
-- One table each for hourly, daily, weekly and monthly. A customer's year is a few ranges; 128 bits, because sums of 64-bit counters pass 2^63.
create table if not exists {level}_ingestion_operations (
    {period} {period_type} codec(Delta, ZSTD(1)),
    organization_id String,
    workspace_id String,
    datasource_id String,
    event_type LowCardinality(String),
    region LowCardinality(String),
    operations AggregateFunction(sum, Int64),
    failures AggregateFunction(sum, Int64),
    written_rows AggregateFunction(sum, Int128),
    written_bytes AggregateFunction(sum, Int128),
    written_rows_quarantine AggregateFunction(sum, Int128),
    written_bytes_quarantine AggregateFunction(sum, Int128),
    read_rows AggregateFunction(sum, Int128),
    read_bytes AggregateFunction(sum, Int128),
    elapsed_time_us AggregateFunction(sum, Int128),
    cpu_time_us AggregateFunction(sum, Int128),
    -- The partition of a period of many rows; 0 where it shares one, see partitions.py.
    own_partition UInt32
)
engine = AggregatingMergeTree
partition by ({shared}, own_partition)
-- Summaries ask for organizations.
order by (organization_id, {period}, workspace_id, datasource_id, event_type, region)
