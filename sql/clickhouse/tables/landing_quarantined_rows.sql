-- landing_quarantined_rows: landing rows that are impossible, each with its reason and its content.
-- One row per (file_id, row_number), or several equal ones after a kill; they count while their file is the newest version of its object.
-- Written before landing_ledger.
create table if not exists landing_quarantined_rows (
    file_id UInt64,
    row_number UInt64,
    reason LowCardinality(String),
    content String codec(ZSTD(1))
)
engine = ReplacingMergeTree
order by (file_id, row_number)
