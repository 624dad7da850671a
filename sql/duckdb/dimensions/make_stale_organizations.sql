-- Makes wrapped_organizations look again at organizations whose owner or name may have changed. Of an organization that several
-- regions name, the newest snapshot counts: it may do so by its age alone.
-- One row per organization_id.
-- Reads before and dimensions.organizations, writes stale.identities.
insert into stale.identities
with changes as (
    select
        organization_id,
        before.region is null or now.region is null
        or before.name is distinct from now.name
        or before.customer_id is distinct from now.customer_id
        or before.customer_name is distinct from now.customer_name
        or before.first_exported_at is distinct from now.first_exported_at as says_something_else,
        before.exported_at is distinct from now.exported_at as is_of_another_age,
        count(*) over (partition by organization_id) as regions
    from before
    full join dimensions.organizations as now using (organization_id, region)
)

select distinct organization_id
from changes
where says_something_else or (is_of_another_age and regions > 1)
