-- Organizations that have no number in a region yet.
-- One row per (organization_id, region), with the identity that the organization has in others, and whether regions dispute its owner.
-- Reads raw.{family}, main.organizations and dimensions.owners.
select
    seen.organization_id,
    seen.region,
    min(known.wrapped_id) as wrapped_id,
    coalesce(bool_or(owners.is_disputed), false) as is_disputed
from (select distinct organization_id, region from raw.{family}) as seen
left join main.organizations as known using (organization_id)
left join dimensions.owners as owners using (organization_id)
where (seen.organization_id, seen.region) not in (select (organization_id, region) from main.organizations)
group by seen.organization_id, seen.region
order by seen.organization_id, seen.region
