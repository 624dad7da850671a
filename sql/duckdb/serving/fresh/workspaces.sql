-- main.workspaces, which endpoints read: a workspace's name is that of its own region's snapshot, or else the newest that its organization has for this id
-- elsewhere; null when that one has none.
-- One row per (organization, workspace_id).
-- Reads main.organizations and dimensions.workspaces. The same as in products/usage/workspaces.sql.
create or replace table main.workspaces as
select organizations.organization, named.workspace_id, named.name
from main.organizations
join dimensions.workspaces as named using (organization_id)
qualify row_number() over (
    partition by organizations.organization, named.workspace_id
    order by
        named.region = organizations.region desc,
        named.exported_at desc,
        named.name desc nulls last,
        named.region desc
) = 1
