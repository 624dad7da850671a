-- stale_summaries: whose summary must be recomputed because monthly, an owner or a name changed.
-- One row per (year, kind, organization_id): kind `organization`; or `reach`, without one: the edition reaches further.
-- Written before the change; settled by the edition's `followed` and `reached`, never deleted. Merges keep the newest.
create table if not exists stale_summaries (
    year Int32,
    kind LowCardinality(String),
    organization_id String,
    sequence UInt64
)
engine = ReplacingMergeTree(sequence)
order by (year, kind, organization_id)
