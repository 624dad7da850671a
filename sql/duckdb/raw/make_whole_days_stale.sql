-- Makes hourly recompute whole days that raw rebuilt.
-- One row per day.
-- Writes stale.hourly from $from up to $to.
insert into stale.hourly
select $family, cast(day as date), cast(null as timestamp), cast(null as varchar)
from range(cast($from as timestamp), cast($to as timestamp), interval 1 day) as days (day)
