-- Who owns each organization that must be looked at: the newest snapshot's customer, or itself.
-- One row per organization_id.
-- Reads stale_identities (or, when {everyone}, every organization known), dimensions_owners and the months of every family.
with wanted as (
    select organization_id
    from stale_identities
    where sequence > (select max(source_sequence) from built where layer = 'wrapped_organizations')
    union distinct
    select organization_id from dimensions_organizations where {everyone:Bool}
    union distinct
    select organization_id from wrapped_organizations where {everyone:Bool}
    union distinct
    select organization_id from ({months}) where {everyone:Bool}
)

select
    wanted.organization_id as organization_id,
    ifNull(owners.customer_id, wanted.organization_id) as customer_id,
    owners.customer_name as customer_name,
    owners.created_at as created_at
from wanted
left join dimensions_owners as owners on owners.organization_id = wanted.organization_id
order by organization_id
