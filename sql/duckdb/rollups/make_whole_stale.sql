-- Makes {consumer} recompute whole periods of $family.
-- One row per {period}.
-- Writes stale.{consumer} for $from up to $to.
insert into stale.{consumer}
select distinct $family, cast(date_trunc('{period}', day) as date), cast(null as varchar)
from range(cast($from as timestamp), cast($to as timestamp), interval 1 day) as days (day)
