-- {level}_requests: API requests by workspace, as they are now.
-- One row per (organization, {period}, workspace_id).
-- Reads present_{level}.
create view {level}_requests as
select
    organization,
    {period},
    id as workspace_id,
    amount as requests,
    errors,
    bytes as bytes_read,
    rows as rows_read
from present_{level}
where kind = 'requests'
