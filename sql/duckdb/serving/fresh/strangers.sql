-- Organizations that have no number yet.
-- One row per organization_id, with the customer that the newest snapshot of names gives it.
-- Reads raw.{family}, fresh.organizations and dimensions.organizations.
select distinct seen.organization_id, named.customer_id
from raw.{family} as seen
left join dimensions.organizations as named using (organization_id)
where seen.organization_id not in (select organization_id from fresh.organizations)
order by seen.organization_id
