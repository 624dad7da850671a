-- The regions that each organization has numbers of; one without any in the year is in the region ''.
-- One row per (organization_id, region).
-- Reads main.wrapped_organizations, and the months of every family, from $from up to $to.
select owners.organization_id, coalesce(seen.region, '') as region, owners.wrapped_id
from main.wrapped_organizations as owners
left join (
    select distinct organization_id, region from ({months}) where month >= $from and month < $to
) as seen using (organization_id)
