-- The names of some customers.
-- One row per wrapped_id; the first by alphabet where its organizations disagree.
-- Reads main.wrapped_organizations.
select wrapped_id, min(customer_name) as customer_name
from main.wrapped_organizations
where wrapped_id in (select unnest($wrapped_ids))
group by wrapped_id
