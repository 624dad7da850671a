-- Makes the summaries of organizations stale in which a workspace got another name.
-- One row per (year, organization_id).
-- Reads who used the workspaces in {workspaces}, and wrapped_editions; writes stale_summaries.
insert into stale_summaries (year, kind, organization_id, sequence)
select distinct editions.year, 'organization', users.organization_id, {sequence:UInt64}
from (
    select organization_id, workspace_id from monthly_pipe_stats_requests
    union distinct
    select organization_id, workspace_id from monthly_ingestion_operations
) as users
cross join wrapped_editions as editions
where users.workspace_id in {workspaces:Array(String)}
