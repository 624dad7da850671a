-- Makes {level} recompute whole periods.
-- One row per {unit}.
-- Writes stale.rollups from $from up to $to.
insert into stale.rollups (level, family, period)
select distinct '{level}', $family, cast(date_trunc('{unit}', day) as date)
from range(cast($from as timestamp), cast($to as timestamp), interval 1 day) as days (day)
