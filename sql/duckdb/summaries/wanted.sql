-- wanted: whose summary of $year must be recomputed.
-- One row per wrapped_id: the owners of the stale organizations, or everyone with an identity when a whole edition is stale.
-- Reads stale.summaries and main.wrapped_organizations.
create or replace temp table wanted as
select distinct wrapped_id
from main.wrapped_organizations
where $everyone
    or exists (select 1 from stale.summaries where year = $year and organization_id is null)
    or organization_id in (select organization_id from stale.summaries where year = $year)
