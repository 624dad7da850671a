-- dimensions_owners: who owns each organization that a snapshot names, as the newest of all regions says: its customer, or itself.
-- One row per organization_id; `is_disputed` when the newest snapshots of two regions name different owners, or none and different names.
-- Reads dimensions_organizations.
create view if not exists dimensions_owners as
select organization_id, owner as customer_id, shown_name as customer_name, created_at, is_disputed
from (
    select
        organization_id,
        ifNull(customer_id, organization_id) as owner,
        ifNull(customer_name, name) as shown_name,
        min(first_exported_at) over same as created_at,
        min(ifNull(customer_id, organization_id)) over same
        <> max(ifNull(customer_id, organization_id)) over same
        or ifNull(
            min(if(customer_id is null, name, null)) over same
            <> max(if(customer_id is null, name, null)) over same,
            false
        ) as is_disputed,
        row_number() over (
            partition by organization_id
            order by
                exported_at desc,
                name desc nulls last,
                customer_id desc nulls last,
                customer_name desc nulls last,
                region desc
        ) as position
    from dimensions_organizations
    window same as (partition by organization_id)
)
where position = 1
