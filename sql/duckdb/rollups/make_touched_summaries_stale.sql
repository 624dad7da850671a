-- Makes the summaries of the organizations just recomputed stale, in their year and in the next, which compares with it.
-- One row per (year, organization_id).
-- Reads touched, writes stale.summaries.
insert into stale.summaries
select distinct year(touched.period) + offset_years.years, touched.organization_id
from touched
cross join (values (0), (1)) as offset_years (years)
except
select year, organization_id from stale.summaries
