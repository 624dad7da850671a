-- staging_members: the organizations of the customers whose summary of a year must be recomputed.
-- One row per organization_id.
-- Reads stale_summaries after {followed} (or takes everyone, with {everyone}) and wrapped_organizations.
create or replace table staging_members engine = MergeTree order by organization_id as
-- After a kill in mid-swap the owners may stand twice until the next run; nothing may count twice for it.
select distinct organization_id, wrapped_id
from wrapped_organizations
where wrapped_id in (
    select wrapped_id
    from wrapped_organizations
    where {everyone:Bool}
        or organization_id in (
            select organization_id
            from stale_summaries
            where year = {year:Int32} and kind = 'organization' and sequence > {followed:UInt64}
        )
)
