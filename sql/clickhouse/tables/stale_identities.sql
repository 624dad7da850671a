-- stale_identities: organizations whose public identity must be looked at because they are new or changed owner.
-- One row per organization_id; merges keep the newest.
-- Written before the change; settled by the mark of wrapped_organizations in built.
create table if not exists stale_identities (
    organization_id String,
    sequence UInt64
)
engine = ReplacingMergeTree(sequence)
order by organization_id
