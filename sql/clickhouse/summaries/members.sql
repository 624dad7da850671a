-- staging_members: the organizations of the customers whose summary of a year must be recomputed, in batches of whole customers.
-- One row per organization_id and owner.
-- Reads stale_summaries after {followed} (or takes everyone, with {everyone}) and wrapped_organizations.
-- Customers go by their first organization, so that a batch reads few ranges of the rollups.
create or replace table staging_members engine = MergeTree order by (batch, organization_id) as
with owners as (
    -- After a kill in mid-swap the owners may stand twice until the next run; nothing may count twice for it.
    select organization_id, wrapped_id, any(customer_id) as customer_id
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
    group by organization_id, wrapped_id
)

select
    organization_id,
    wrapped_id,
    customer_id,
    toUInt32(intDiv(organizations_before, {batch_organizations:UInt32})) as batch
from owners
join (
    select
        wrapped_id,
        sum(organizations) over (order by first_organization, wrapped_id) - organizations as organizations_before
    from (
        select wrapped_id, min(organization_id) as first_organization, count() as organizations
        from owners
        group by wrapped_id
    )
) as customers using (wrapped_id)
