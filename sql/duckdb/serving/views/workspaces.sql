-- workspaces: the newest name of each workspace that a snapshot of names knows. workspace_id is never to be answered.
-- One row per workspace_id.
-- Reads dimensions.workspaces.
create view workspaces as
select workspace_id, name
from dimensions.workspaces
