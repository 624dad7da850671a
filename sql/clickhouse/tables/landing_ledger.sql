-- landing_ledger: the import ledger, the truth about which file versions were imported.
-- One row per version of a landing object; of one object the highest `sequence` counts, see landing_files.
-- A row holds all that follows from the import (its days, and those of the version it replaces): a batch is one block, so it appears whole.
create table if not exists landing_ledger (
    sequence UInt64 codec(Delta, ZSTD(1)),
    family LowCardinality(String),
    object_key String codec(ZSTD(1)),
    etag String codec(ZSTD(1)),
    -- A hash of (family, object_key, etag): a killed import writes its rows again under the same id.
    file_id UInt64,
    size UInt64,
    folder_day Nullable(Date32),
    region LowCardinality(Nullable(String)),
    state LowCardinality(String),
    reason Nullable(String),
    row_count UInt64,
    bad_row_count UInt64,
    last_exported_at Nullable(DateTime64(6, 'UTC')),
    imported_at DateTime64(6, 'UTC'),
    -- On which days the valid rows fall, whatever folder the file lies in.
    days Nested (day Date32, row_count UInt64, last_exported_at DateTime64(6, 'UTC')),
    -- What the version before had brought: those days are rebuilt.
    replaced_days Array(Date32),
    replaced_rows UInt64
)
engine = MergeTree
-- Keys start with family and day: the versions of an object lie together, and a day's objects too.
order by (family, object_key, sequence)
-- A batch sent twice because its answer was lost counts once.
settings non_replicated_deduplication_window = 1000
