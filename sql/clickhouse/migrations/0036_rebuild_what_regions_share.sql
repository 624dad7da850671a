-- swaps: the dimensions, which have a row for each region now, and the days on which an organization has readings or operations in
-- several regions, of which raw kept one each. Begun and not done: the next refresh builds them from landing.
-- One row per (layer, family, period).
-- Reads landing_ledger, landing_storage and landing_ingestion.
insert into swaps (layer, family, period, begun, done)
select layer, family, period, (select max(begun) from swaps) + 1, 0
from (
    select distinct 'dimensions' as layer, family, toDate32('1970-01-01') as period
    from landing_ledger
    where family in ('organizations', 'workspaces')
    union all
    select distinct 'raw', 'storage', day
    from (
        select toDate32(timestamp) as day, organization_id
        from landing_storage
        group by day, organization_id
        having uniqExact(region) > 1
    )
    union all
    select distinct 'raw', 'ingestion', day
    from (
        select toDate32(timestamp) as day, organization_id
        from landing_ingestion
        group by day, organization_id
        having uniqExact(region) > 1
    )
)
