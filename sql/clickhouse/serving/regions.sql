-- The regions that each organization has numbers of; one without any in the year stands in the region ''.
-- One row per (organization_id, region).
-- Reads wrapped_organizations, and the monthly rollups from {since} up to {until}.
select owners.organization_id as organization_id, ifNull(seen.region, '') as region, owners.wrapped_id as wrapped_id
from wrapped_organizations as owners
left join (
    select organization_id, region from monthly_pipe_stats_requests where month >= {since:Date32} and month < {until:Date32}
    union distinct
    select organization_id, region from monthly_ingestion_operations where month >= {since:Date32} and month < {until:Date32}
    union distinct
    select organization_id, region from monthly_storage_sizes where month >= {since:Date32} and month < {until:Date32}
) as seen on seen.organization_id = owners.organization_id
