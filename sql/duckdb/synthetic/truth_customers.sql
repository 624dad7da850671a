-- Every customer and its organizations; an organization without a customer is its own.
-- One row per customer.
-- Reads organizations.
select
    coalesce(customer_id, organization_id) as customer_id,
    case when bool_or(is_named) then coalesce(any_value(customer_name), any_value(name)) end as name,
    list(organization_id order by organization_no) as organization_ids
from organizations
group by coalesce(customer_id, organization_id)
order by min(organization_no)
