-- Makes wrapped_organizations look at organizations that have no public identity yet.
-- One row per organization_id.
-- Reads monthly.{table} from $from up to $to, writes stale.identities.
insert into stale.identities
select distinct organization_id
from monthly.{table}
where month >= $from and month < $to
    and organization_id not in (select organization_id from main.wrapped_organizations)
    and organization_id not in (select organization_id from stale.identities)
