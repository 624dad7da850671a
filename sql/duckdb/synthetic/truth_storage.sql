-- The last reading of each data source in the batch.
-- One row per data source.
-- Reads batch, organizations.
select
    coalesce(organizations.customer_id, organizations.organization_id) as customer_id,
    batch.datasource_id,
    max(batch."timestamp") as read_at,
    arg_max(batch.bytes, batch."timestamp") as bytes
from batch
inner join organizations using (organization_id)
group by coalesce(organizations.customer_id, organizations.organization_id), batch.datasource_id
