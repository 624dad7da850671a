-- Makes {consumer}.{table} recompute whole periods.
-- One row per {period}; without an organization it means everybody.
-- Writes {stale} for $from up to $to.
insert into {stale} (period)
select distinct cast(date_trunc('{period}', day) as date)
from range(cast($from as timestamp), cast($to as timestamp), interval 1 day) as days (day)
