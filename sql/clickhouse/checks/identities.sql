-- Organizations without exactly one identity, and identities that are not exactly one customer. None is a pass.
-- One row per breach.
-- Reads wrapped_organizations and the months of every family.
select subject, identities, breach
from (
    select 'organization ' || organization_id as subject, count() as identities, 'has several rows' as breach
    from wrapped_organizations
    group by organization_id
    having count() > 1
    union all
    select 'customer ' || customer_id, uniqExact(wrapped_id), 'has several identities'
    from wrapped_organizations
    group by customer_id
    having uniqExact(wrapped_id) > 1
    union all
    select 'identity ' || wrapped_id, uniqExact(customer_id), 'stands for several customers'
    from wrapped_organizations
    group by wrapped_id
    having uniqExact(customer_id) > 1
    union all
    select 'organization ' || organization_id, 0, 'has events and no identity'
    from (select distinct organization_id from ({months}))
    where organization_id not in (select organization_id from wrapped_organizations)
)
order by all
