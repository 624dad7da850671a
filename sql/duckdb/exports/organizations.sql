-- A region's organizations as they are now: a whole snapshot.
-- One row per organization.
-- Reads organizations of the region's own database.
select
    organization_id,
    name,
    customer_id,
    customer_name,
    cast($exported_at as timestamp_ms) as exported_at
from organizations
