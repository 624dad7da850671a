-- Makes wrapped_organizations look at organizations that have no public identity yet.
-- One row per organization_id.
-- Reads {source}, writes stale.identities.
insert into stale.identities
select distinct organization_id
from {source}
where organization_id not in (select organization_id from main.wrapped_organizations)
    and organization_id not in (select organization_id from stale.identities)
