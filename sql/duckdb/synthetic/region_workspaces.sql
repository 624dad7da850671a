-- workspaces of one region's own database, under their final names.
-- One row per named workspace of $region.
-- Reads temp.workspaces, temp.organizations.
create table main.workspaces as
select
    workspaces.workspace_id,
    workspaces.organization_id,
    case when workspaces.renamed_on is null then workspaces.name else workspaces.new_name end as name
from temp.workspaces as workspaces
inner join temp.organizations as organizations using (organization_id)
where organizations.region = $region and workspaces.is_named
order by workspaces.workspace_no
