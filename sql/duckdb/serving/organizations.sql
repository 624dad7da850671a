-- organizations: everyone who has a public identity, numbered so that the organizations of a customer follow each other.
-- One row per organization_id.
-- Reads {source}.
select
    cast(row_number() over (order by wrapped_id, organization_id) - 1 as integer) as organization,
    organization_id,
    wrapped_id
from {source}
order by organization
