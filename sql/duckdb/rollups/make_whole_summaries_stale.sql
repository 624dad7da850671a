-- Makes whole editions recompute: those of the changed months, and the next year's if there is one, which compares with them.
-- One row per (year, month).
-- Reads main.wrapped_editions, writes stale.summaries for $from up to $to.
insert into stale.summaries
select distinct year(start) + offset_years.years as edition, cast(null as varchar), cast(start as date)
from range(cast($from as timestamp), cast($to as timestamp), interval 1 month) as months (start)
cross join (values (0), (1)) as offset_years (years)
where offset_years.years = 0 or edition in (select year from main.wrapped_editions)
except
select year, organization_id, month from stale.summaries
