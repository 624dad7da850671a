-- landing_organizations: every valid row of every snapshot of organizations; `region` is the one its folder names.
-- One row per (file, row in it); it counts once the ledger names its file.
-- Written before landing_ledger.
create table if not exists landing_organizations (
    organization_id String,
    name Nullable(String),
    customer_id Nullable(String),
    customer_name Nullable(String),
    exported_at DateTime64(6, 'UTC') codec(Delta, ZSTD(1)),
    region LowCardinality(String),
    file_id UInt64 codec(ZSTD(1)),
    row_number UInt64 codec(Delta, ZSTD(1))
)
engine = ReplacingMergeTree(exported_at)
order by (organization_id, exported_at, file_id, row_number)
