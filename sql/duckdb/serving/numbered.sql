-- Parts of a source that names organizations by their ids and regions, with their numbers instead.
-- One row per row of the source.
-- Reads {organizations}.
select organizations.organization, parts.* exclude (organization_id, region)
from ({source}) as parts
join {organizations} as organizations using (organization_id, region)
