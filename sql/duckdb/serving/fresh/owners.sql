-- The customer of every organization, as the newest snapshots of names say: its own, when none does.
-- One row per organization that has a number.
-- Reads fresh.organizations and dimensions.organizations.
select
    organizations.organization,
    organizations.wrapped_id,
    coalesce(named.customer_id, organizations.organization_id) as customer_id
from fresh.organizations as organizations
left join dimensions.organizations as named using (organization_id)
order by organizations.organization
