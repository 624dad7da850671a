-- Makes the summaries of the organizations of which a month changed stale, in their year and in the next edition, which compares with it.
-- One row per (year, organization_id, month).
-- Reads changed and main.wrapped_editions, writes stale.summaries.
insert into stale.summaries
select distinct year(changed.month) + offset_years.years as edition, changed.organization_id, changed.month
from changed
cross join (values (0), (1)) as offset_years (years)
where offset_years.years = 0 or edition in (select year from main.wrapped_editions)
except
select year, organization_id, month from stale.summaries
