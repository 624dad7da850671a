-- dimensions.disputes: organizations to which the newest snapshots of two regions give different customers, or no customer and different names:
-- they are two that share an id, and their numbers would be added up.
-- One row per organization_id; without a customer an organization is its own, told with its name.
-- Reads dimensions.organizations.
create view if not exists dimensions.disputes as
select
    organization_id,
    'Organization ' || organization_id
    || ' belongs to customer ' || min(claim) || ' in region ' || arg_min(region, (claim, region))
    || ' and to customer ' || max(claim) || ' in region ' || arg_max(region, (claim, region)) as dispute
from (
    select
        organization_id,
        region,
        coalesce(customer_id, organization_id) as owner,
        case when customer_id is null then name end as own_name,
        owner || coalesce(' (' || own_name || ')', '') as claim
    from dimensions.organizations
) as owners
group by organization_id
having min(owner) <> max(owner) or min(own_name) <> max(own_name)
