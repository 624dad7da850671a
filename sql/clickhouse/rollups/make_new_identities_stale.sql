-- Makes wrapped_organizations look at organizations that have no public identity yet.
-- One row per organization_id.
-- Reads staging_changed and wrapped_organizations, writes stale_identities.
insert into stale_identities (organization_id, sequence)
select distinct organization_id, {sequence:UInt64}
from staging_changed
where organization_id not in (select organization_id from wrapped_organizations)
