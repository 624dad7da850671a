-- Makes the summaries stale of everyone who gained or lost an organization, in every edition.
-- One row per (year, organization_id).
-- Reads settled (the identities about to be written) and main.wrapped_organizations, writes stale.summaries.
insert into stale.summaries (year, organization_id)
with moved as (
    select settled.organization_id, known.wrapped_id as old_owner, settled.wrapped_id as new_owner
    from settled
    left join main.wrapped_organizations as known using (organization_id)
    where known.wrapped_id is distinct from settled.wrapped_id
)

select distinct editions.year, organizations.organization_id
from (
    select organization_id, wrapped_id from main.wrapped_organizations
    union
    select organization_id, wrapped_id from settled
) as organizations
cross join main.wrapped_editions as editions
where organizations.wrapped_id in (select old_owner from moved where old_owner is not null)
    or organizations.wrapped_id in (select new_owner from moved)
