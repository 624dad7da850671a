-- organizations: everyone who has a public identity, by region, numbered so that the organizations of a customer follow each other.
-- One row per (organization_id, region).
-- Reads a source that names them by region.
select
    cast(row_number() over (order by wrapped_id, organization_id, region) - 1 as integer) as organization,
    organization_id,
    region,
    wrapped_id
from {source}
order by organization
