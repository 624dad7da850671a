-- The regions that each organization has numbers of; one without any in the year is in the region ''.
-- One row per (organization_id, region).
-- Reads wrapped_organizations, and the months of every family from {since} up to {until}.
select owners.organization_id as organization_id, ifNull(seen.region, '') as region, owners.wrapped_id as wrapped_id
from wrapped_organizations as owners
left join (
    select distinct organization_id, region from ({months}) where month >= {since:Date32} and month < {until:Date32}
) as seen on seen.organization_id = owners.organization_id
