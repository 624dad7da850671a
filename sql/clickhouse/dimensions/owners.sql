-- Who owns each organization that must be looked at: the newest snapshot's customer, or itself.
-- One row per organization_id.
-- Reads stale_identities (or, when {everyone}, every organization known), dimensions_organizations and the monthly rollups.
with wanted as (
    select organization_id
    from stale_identities
    where sequence > (select max(source_sequence) from built where layer = 'wrapped_organizations')
    union distinct
    select organization_id from dimensions_organizations where {everyone:Bool}
    union distinct
    select organization_id from wrapped_organizations where {everyone:Bool}
    union distinct
    select organization_id from monthly_pipe_stats_days where {everyone:Bool}
    union distinct
    select organization_id from monthly_ingestion_operations where {everyone:Bool}
    union distinct
    select organization_id from monthly_storage_sizes where {everyone:Bool}
)

select
    wanted.organization_id as organization_id,
    ifNull(named.customer_id, wanted.organization_id) as customer_id,
    ifNull(named.customer_name, named.name) as customer_name,
    named.first_exported_at as created_at
from wanted
-- After a kill in mid-swap a snapshot may stand twice until the next run.
left any join dimensions_organizations as named on named.organization_id = wanted.organization_id
order by organization_id
