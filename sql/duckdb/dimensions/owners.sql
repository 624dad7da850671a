-- dimensions.owners: who owns each organization that a snapshot names, as the newest of all regions says: its customer, or itself.
-- One row per organization_id; `is_disputed` when the newest snapshots of two regions name different owners, or none and different names.
-- Reads dimensions.organizations.
create view if not exists dimensions.owners as
select
    organization_id,
    coalesce(customer_id, organization_id) as customer_id,
    coalesce(customer_name, name) as customer_name,
    min(first_exported_at) over same as created_at,
    min(coalesce(customer_id, organization_id)) over same
    <> max(coalesce(customer_id, organization_id)) over same
    or coalesce(
        min(case when customer_id is null then name end) over same
        <> max(case when customer_id is null then name end) over same,
        false
    ) as is_disputed
from dimensions.organizations
window same as (partition by organization_id)
qualify row_number() over (
    partition by organization_id
    order by
        exported_at desc,
        name desc nulls last,
        customer_id desc nulls last,
        customer_name desc nulls last,
        region desc
) = 1
