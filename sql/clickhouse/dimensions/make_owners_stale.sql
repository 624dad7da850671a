-- Makes the summaries stale, in every edition, of the customers who gained or lost an organization.
-- One row per (year, organization_id).
-- Reads wrapped_organizations, {staging} (as they are about to be) and wrapped_editions; writes stale_summaries.
insert into stale_summaries (year, kind, organization_id, sequence)
select distinct editions.year, 'organization', organizations.organization_id, {sequence:UInt64}
from (
    select organization_id, wrapped_id from wrapped_organizations
    union distinct
    select organization_id, wrapped_id from {staging}
) as organizations
cross join wrapped_editions as editions
where organizations.wrapped_id in {owners:Array(String)}
