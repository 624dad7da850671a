-- What each customer's operations of the batch add up to.
-- One row per customer.
-- Reads batch, organizations.
select
    coalesce(organizations.customer_id, organizations.organization_id) as customer_id,
    count(*) as operations,
    sum(batch.written_bytes) as written_bytes
from batch
inner join organizations using (organization_id)
group by coalesce(organizations.customer_id, organizations.organization_id)
