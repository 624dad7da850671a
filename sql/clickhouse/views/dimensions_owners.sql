-- dimensions_owners: who owns each organization that a snapshot names, as the newest of all regions says: its customer, or itself.
-- One row per organization_id.
-- Reads dimensions_organizations.
create view if not exists dimensions_owners as
select organization_id, owner as customer_id, shown_name as customer_name, created_at
from (
    select
        organization_id,
        ifNull(customer_id, organization_id) as owner,
        ifNull(customer_name, name) as shown_name,
        min(first_exported_at) over (partition by organization_id) as created_at,
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
)
where position = 1
