-- The states of a source, each organization by its number.
-- One row per row of the source.
-- Reads the source and serving.organizations.
select organizations.organization, states.* exclude (organization_id)
from ({source}) as states
join serving.organizations as organizations using (organization_id)
order by {order}
