-- Organizations whose public identity must be looked at.
-- One row per organization_id.
-- Reads stale_identities and built.
select distinct organization_id
from stale_identities
where sequence > (select max(source_sequence) from built where layer = 'wrapped_organizations')
