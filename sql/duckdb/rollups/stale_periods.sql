-- Periods that {level} has not followed yet.
-- One row per period; whole when all of it must be recomputed.
-- Reads stale.rollups from $from up to $to.
select period, bool_or({subject} is null) as whole
from stale.rollups
where level = '{level}' and family = $family and period >= $from and period < $to
group by all
order by period
