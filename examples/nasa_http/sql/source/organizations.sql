-- organizations of one region: every host is one, and its own customer.
-- One row per host.
-- Reads the region's pipe_stats.
create table organizations as
select distinct
    organization_id,
    organization_id as name,
    cast(null as varchar) as customer_id,
    cast(null as varchar) as customer_name
from pipe_stats
