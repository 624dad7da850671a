-- Makes the summaries of the organizations of which a month changed stale, in their year and in the next, which compares with it.
-- One row per (year, organization_id).
-- Reads changed, writes stale.summaries.
insert into stale.summaries
select distinct year(changed.month) + offset_years.years, changed.organization_id
from changed
cross join (values (0), (1)) as offset_years (years)
except
select year, organization_id from stale.summaries
