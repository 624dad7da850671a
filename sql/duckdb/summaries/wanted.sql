-- wanted: whose summary of $year must be recomputed, and in which months something changed.
-- One row per (wrapped_id, month); a null month means any. A month of the year before changes what is compared with.
-- Reads stale.summaries and main.wrapped_organizations.
create or replace temp table wanted as
select organizations.wrapped_id, stale.month
from main.wrapped_organizations as organizations
join stale.summaries as stale using (organization_id)
where stale.year = $year
union
select organizations.wrapped_id, whole.month
from main.wrapped_organizations as organizations
cross join (
    select month from stale.summaries where year = $year and organization_id is null
    union
    select null where $everyone
) as whole
