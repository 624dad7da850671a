-- Organizations whose public identity must be looked at.
-- One row per organization_id.
-- Reads stale_identities and built.
select organization_id, max(sequence) as newest
from stale_identities
where sequence > (select max(source_sequence) from built where layer = 'wrapped_organizations')
group by organization_id
