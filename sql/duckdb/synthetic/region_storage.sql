-- storage of one region's own database: its size readings as they finally are.
-- One row per reading, appended batch by batch in the order of time.
-- Reads batch.
insert into storage by name
select
    "timestamp",
    organization_id,
    workspace_id,
    datasource_id,
    datasource_name,
    bytes,
    rows,
    bytes_quarantine,
    rows_quarantine
from batch
