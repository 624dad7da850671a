-- workspaces of one region: what a host asked for below one first path segment.
-- One row per (host, first path segment).
-- Reads the region's pipe_stats; the id is "<host> <segment>", and no host holds a space.
create table workspaces as
select distinct
    workspace_id,
    organization_id,
    substr(workspace_id, length(organization_id) + 2) as name
from pipe_stats
