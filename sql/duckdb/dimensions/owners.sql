-- dimensions.owners: who owns each organization that a snapshot names, as the newest of all regions says: its customer, or itself.
-- One row per organization_id; `is_disputed` when the newest snapshots of two regions say different things of it.
-- Reads dimensions.organizations and dimensions.disputes.
create view if not exists dimensions.owners as
select
    organization_id,
    coalesce(customer_id, organization_id) as customer_id,
    coalesce(customer_name, name) as customer_name,
    min(first_exported_at) over (partition by organization_id) as created_at,
    organization_id in (select organization_id from dimensions.disputes) as is_disputed
from dimensions.organizations
qualify row_number() over (
    partition by organization_id
    order by
        exported_at desc,
        name desc nulls last,
        customer_id desc nulls last,
        customer_name desc nulls last,
        region desc
) = 1
