-- Makes the summaries of organizations stale in which a workspace got another name.
-- One row per (year, organization_id).
-- Reads before, dimensions.workspaces and who used the workspace, writes stale.summaries.
insert into stale.summaries (year, organization_id)
select distinct editions.year, users.organization_id
from before
full join dimensions.workspaces as now using (workspace_id)
join (
    select distinct organization_id, workspace_id from monthly.pipe_stats_requests
    union
    select distinct organization_id, workspace_id from monthly.ingestion_operations
) as users
    on users.workspace_id = coalesce(before.workspace_id, now.workspace_id)
cross join main.wrapped_editions as editions
where before.name is distinct from now.name
