-- workspaces: what each workspace is called, where a snapshot of names knows it. workspace_id is never to be answered.
-- One row per (organization, workspace_id).
-- Reads fresh.workspaces.
create view workspaces as
select organization, workspace_id, name
from fresh.workspaces
