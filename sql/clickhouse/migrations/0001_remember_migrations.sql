-- schema_migrations: which numbered files of this folder were applied.
-- One row per migration, or several of the same after a kill; the highest version counts.
-- Written by resources/clickhouse/schema.py, after the statement itself.
create table if not exists schema_migrations (
    version UInt32,
    name String,
    applied_at DateTime64(6, 'UTC') default now64(6, 'UTC')
)
engine = MergeTree
order by version
