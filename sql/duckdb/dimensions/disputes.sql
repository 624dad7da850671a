-- dimensions.disputes: organizations that regions give to different customers, and those of a customer that regions call by different names:
-- they are two that share an id, and their numbers would be added up. Names count as each region's newest snapshot tells them.
-- One row per organization_id and dispute; without a customer an organization is its own, told with its name.
-- Reads dimensions.organizations.
create view if not exists dimensions.disputes as
with claims as (
    select
        organization_id,
        region,
        exported_at,
        coalesce(customer_id, organization_id) as owner,
        coalesce(customer_name, case when owner = organization_id then name end) as owner_name,
        owner || coalesce(' (' || case when customer_id is null then name end || ')', '') as claim
    from dimensions.organizations
),

names as (
    select owner, region, owner_name
    from claims
    where owner_name is not null
    -- The rows of one snapshot may be exported one after the other; a customer that it no longer names is called nothing.
    qualify exported_at > max(exported_at) over (partition by region) - interval 1 day
        and row_number() over (partition by owner, region order by exported_at desc, owner_name desc) = 1
)

select
    organization_id,
    'Organization ' || organization_id
    || ' belongs to customer ' || min(claim) || ' in region ' || arg_min(region, (claim, region))
    || ' and to customer ' || max(claim) || ' in region ' || arg_max(region, (claim, region)) as dispute
from claims
group by organization_id
having min(owner) <> max(owner)
union all
select distinct claims.organization_id, called.dispute
from claims
join (
    select
        owner,
        'Customer ' || owner || ' is called ' || min(owner_name) || ' in region ' || arg_min(region, (owner_name, region))
        || ' and ' || max(owner_name) || ' in region ' || arg_max(region, (owner_name, region)) as dispute
    from names
    group by owner
    having min(owner_name) <> max(owner_name)
) as called using (owner)
