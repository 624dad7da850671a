-- Makes the summaries of organizations stale in which a workspace may have got another name. Of a workspace that several regions
-- name, the newest snapshot may count: it may do so by its age alone.
-- One row per (year, organization_id).
-- Reads before and dimensions.workspaces, writes stale.summaries.
insert into stale.summaries (year, organization_id)
with changes as (
    select
        organization_id,
        before.region is null or now.region is null
        or before.name is distinct from now.name as says_something_else,
        before.exported_at is distinct from now.exported_at as is_of_another_age,
        count(*) over (partition by organization_id, workspace_id) as regions
    from before
    full join dimensions.workspaces as now using (organization_id, workspace_id, region)
)

select distinct editions.year, changes.organization_id
from changes
cross join main.wrapped_editions as editions
where says_something_else or (is_of_another_age and regions > 1)
