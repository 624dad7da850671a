-- Makes the summaries follow {level}: of the year, and of the next edition, which compares with it.
-- One row per (year, organization_id, month).
-- Reads difference and main.wrapped_editions, writes stale.summaries.
insert into stale.summaries
select distinct year({period}) + offset_years.years as edition, organization_id, cast(date_trunc('{unit}', {period}) as date)
from difference
cross join (values (0), (1)) as offset_years (years)
where offset_years.years = 0 or edition in (select year from main.wrapped_editions)
except
select year, organization_id, month from stale.summaries
