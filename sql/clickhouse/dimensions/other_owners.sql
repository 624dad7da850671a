-- The identities that stay as they are, beside those just settled in {staging}.
-- One row per organization_id.
-- Reads wrapped_organizations, writes {staging}.
insert into {staging}
select distinct *
from wrapped_organizations
where organization_id not in (select organization_id from {staging})
