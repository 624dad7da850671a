-- staging_changed: which organizations of which months are about to change.
-- One row per (month, organization_id) and rollup.
-- Reads staging and what stands now, see partitions/changed.sql.
create or replace table staging_changed engine = MergeTree order by partition as
{changed}
