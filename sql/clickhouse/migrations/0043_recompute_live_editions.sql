-- stale_summaries: every live edition is computed anew, because none knows the months of the year before, or
-- which region a workspace, a pipe or a data source is of.
-- One row per (year, organization_id).
-- Reads wrapped_editions and wrapped_organizations, writes stale_summaries.
insert into stale_summaries (year, kind, organization_id, sequence)
select editions.year, 'organization', owned.organization_id, editions.followed + 1
from wrapped_editions as editions
cross join wrapped_organizations as owned
where editions.frozen_at is null
