-- Makes wrapped_organizations look again at organizations whose owner or name may have changed.
-- One row per organization_id.
-- Reads changed, writes stale.identities.
insert into stale.identities
select organization_id from changed
