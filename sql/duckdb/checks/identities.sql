-- Organizations without exactly one identity, and identities that are not exactly one customer. None is a pass.
-- One row per breach.
-- Reads main.wrapped_organizations and the months of every family.
select 'organization ' || organization_id as subject, count(*) as identities, 'has several rows' as breach
from main.wrapped_organizations
group by organization_id
having count(*) > 1
union all
select 'customer ' || customer_id, count(distinct wrapped_id), 'has several identities'
from main.wrapped_organizations
group by customer_id
having count(distinct wrapped_id) > 1
union all
select 'identity ' || wrapped_id, count(distinct customer_id), 'stands for several customers'
from main.wrapped_organizations
group by wrapped_id
having count(distinct customer_id) > 1
union all
select 'organization ' || organization_id, 0, 'has events and no identity'
from (select distinct organization_id from ({months}))
where organization_id not in (select organization_id from main.wrapped_organizations)
order by all
