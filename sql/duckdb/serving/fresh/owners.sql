-- The customer of every organization, as the newest snapshots of names say: its own, when none does. While regions dispute an
-- organization, what was published stays as it is, and what came since belongs to nobody: no customer_id.
-- One row per organization that has a number.
-- Reads main.organizations, the snapshot's organizations and dimensions.owners.
select
    organizations.organization,
    organizations.organization_id,
    organizations.region,
    organizations.wrapped_id,
    case when not coalesce(owners.is_disputed, false)
        then coalesce(owners.customer_id, organizations.organization_id)
    end as customer_id
from main.organizations
left join dimensions.owners as owners using (organization_id)
where not coalesce(owners.is_disputed, false)
    or organizations.organization not in (select organization from history.organizations)
order by organizations.organization
