-- Makes whole editions recompute: those of the changed years, and the next year's, which compares with them.
-- One row per year.
-- Writes stale.summaries for $from up to $to.
insert into stale.summaries
select distinct year(start) + offset_years.years, cast(null as varchar)
from range(cast($from as timestamp), cast($to as timestamp), interval 1 month) as months (start)
cross join (values (0), (1)) as offset_years (years)
except
select year, organization_id from stale.summaries
