-- Organizations that belong to different customers in the newest snapshots of two regions: their numbers would be added up. None is a pass.
-- One row per organization_id; without a customer an organization is its own.
-- Reads dimensions_organizations.
select
    'Organization ' || organization_id
    || ' belongs to customer ' || min(owner) || ' in region ' || argMin(region, (owner, region))
    || ' and to customer ' || max(owner) || ' in region ' || argMax(region, (owner, region)) as dispute
from (
    select organization_id, region, ifNull(customer_id, organization_id) as owner
    from dimensions_organizations
) as owners
group by organization_id
having min(owner) <> max(owner)
order by organization_id
