-- Makes wrapped_organizations look at organizations that have no public identity yet.
-- One row per organization_id.
-- Reads {level}.{table} in the periods of difference, writes stale.identities.
insert into stale.identities
select distinct organization_id
from {level}.{table}
where {period} in (select date_trunc('{unit}', {period}) from difference)
    and organization_id not in (select organization_id from main.wrapped_organizations)
    and organization_id not in (select organization_id from stale.identities)
