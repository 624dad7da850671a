-- The names of some customers.
-- One row per wrapped_id; the first by alphabet where its organizations disagree.
-- Reads wrapped_organizations.
select wrapped_id, min(customer_name) as customer_name
from wrapped_organizations
where wrapped_id in {wrapped_ids:Array(String)}
group by wrapped_id
