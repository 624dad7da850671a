-- Organizations that have no number in a region yet.
-- One row per (organization_id, region), with the identity that the organization has in others.
-- Reads raw.{family} and fresh.organizations.
select seen.organization_id, seen.region, min(known.wrapped_id) as wrapped_id
from (select distinct organization_id, region from raw.{family}) as seen
left join fresh.organizations as known using (organization_id)
where (seen.organization_id, seen.region) not in (select (organization_id, region) from fresh.organizations)
group by seen.organization_id, seen.region
order by seen.organization_id, seen.region
