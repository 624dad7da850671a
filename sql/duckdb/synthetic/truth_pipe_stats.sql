-- What each customer's requests of the batch add up to.
-- One row per customer.
-- Reads batch, organizations.
select
    coalesce(organizations.customer_id, organizations.organization_id) as customer_id,
    count(*) as requests,
    sum(batch.error) as errors,
    sum(batch.read_bytes) as read_bytes
from batch
inner join organizations using (organization_id)
group by coalesce(organizations.customer_id, organizations.organization_id)
