-- The snapshots of the workspaces, in the order of their objects: renamed ones under the name of the day.
-- One row per workspace and snapshot since its organization joined.
-- Reads workspaces, organizations, snapshots.
select
    workspaces.workspace_id,
    workspaces.organization_id,
    case when snapshots.taken_on >= workspaces.renamed_on then workspaces.new_name else workspaces.name end as name,
    snapshots.exported_at,
    snapshots.region as folder_region,
    snapshots.object
from workspaces
inner join organizations using (organization_id)
inner join snapshots using (region)
where
    workspaces.is_named
    and (organizations.joined_on is null or organizations.joined_on <= snapshots.taken_on)
order by snapshots.region, snapshots.object, workspaces.workspace_no
