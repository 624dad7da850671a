-- schema_migrations: which version of the tables this warehouse has.
-- One row per version, or several of the same after a kill; the highest counts.
-- Written by resources/clickhouse/schema.py, after the tables are made.
create table if not exists schema_migrations (
    version UInt32,
    name String,
    applied_at DateTime64(6, 'UTC') default now64(6, 'UTC')
)
engine = MergeTree
order by version
