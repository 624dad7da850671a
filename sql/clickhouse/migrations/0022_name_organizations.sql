-- dimensions_organizations: the newest snapshot of each id, the region it came from, and when a snapshot first named the id.
-- One row per organization_id.
-- Built in staging and swapped in whole.
create table if not exists dimensions_organizations (
    organization_id String,
    name Nullable(String),
    customer_id Nullable(String),
    customer_name Nullable(String),
    exported_at DateTime64(6, 'UTC') codec(Delta, ZSTD(1)),
    region LowCardinality(String),
    first_exported_at DateTime64(6, 'UTC')
)
engine = MergeTree
order by organization_id
