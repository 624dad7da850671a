-- Makes wrapped_organizations look again at organizations whose owner or name changed.
-- One row per organization_id.
-- Reads before and dimensions.organizations, writes stale.identities.
insert into stale.identities
select distinct coalesce(before.organization_id, now.organization_id)
from before
full join dimensions.organizations as now using (organization_id)
where (before.organization_id is null) <> (now.organization_id is null)
    or before.name is distinct from now.name
    or before.customer_id is distinct from now.customer_id
    or before.customer_name is distinct from now.customer_name
    or before.first_exported_at is distinct from now.first_exported_at
