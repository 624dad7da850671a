-- A region's workspaces as they are now: a whole snapshot.
-- One row per workspace.
-- Reads workspaces of the region's own database.
select
    workspace_id,
    organization_id,
    name,
    cast($exported_at as timestamp_ms) as exported_at
from workspaces
