-- Organizations that belong to different customers in the newest snapshots of two regions: their numbers would be added up. None is a pass.
-- One row per organization_id; without a customer an organization is its own.
-- Reads dimensions.organizations.
select
    'Organization ' || organization_id
    || ' belongs to customer ' || min(owner) || ' in region ' || arg_min(region, (owner, region))
    || ' and to customer ' || max(owner) || ' in region ' || arg_max(region, (owner, region)) as dispute
from (
    select organization_id, region, coalesce(customer_id, organization_id) as owner
    from dimensions.organizations
) as owners
group by organization_id
having min(owner) <> max(owner)
order by organization_id
