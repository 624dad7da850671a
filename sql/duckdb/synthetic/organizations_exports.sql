-- The snapshots of the organizations, in the order of their objects.
-- One row per organization and snapshot since it joined.
-- Reads organizations, snapshots.
select
    organizations.organization_id,
    organizations.name,
    organizations.customer_id,
    organizations.customer_name,
    snapshots.exported_at,
    snapshots.region as folder_region,
    snapshots.object
from organizations
inner join snapshots using (region)
where
    organizations.is_named
    and (organizations.joined_on is null or organizations.joined_on <= snapshots.taken_on)
order by snapshots.region, snapshots.object, organizations.organization_no
