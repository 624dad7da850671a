-- {level}_operations: data source operations by workspace and event type, as they are now.
-- One row per (organization, {period}, workspace_id, event_type).
-- Reads present_{level}.
create view {level}_operations as
select
    organization,
    {period},
    id as workspace_id,
    label as event_type,
    amount as operations,
    errors as failures,
    bytes as bytes_written,
    rows as rows_written
from present_{level}
where kind = 'operations'
