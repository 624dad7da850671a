-- A region's workspaces as they are now: a whole snapshot.
-- One row per workspace.
-- Reads workspaces of the region's own database.
select
    -- One byte that is no UTF-8 would make the whole file unreadable: toValidUTF8 puts U+FFFD in its place.
    toValidUTF8(toString(held.workspace_id)) as workspace_id,
    toValidUTF8(toString(held.organization_id)) as organization_id,
    toValidUTF8(toString(held.name)) as name,
    {exported_at:DateTime64(3, 'UTC')} as exported_at
from workspaces as held
