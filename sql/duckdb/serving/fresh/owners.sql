-- The customer of every organization, as the newest snapshots of names say: its own, when none does. Of an organization that regions
-- dispute nothing is known until they agree.
-- One row per organization that has a number.
-- Reads fresh.organizations and dimensions.owners.
select
    organizations.organization,
    organizations.wrapped_id,
    coalesce(owners.customer_id, organizations.organization_id) as customer_id
from fresh.organizations as organizations
left join dimensions.owners as owners using (organization_id)
where not coalesce(owners.is_disputed, false)
order by organizations.organization
