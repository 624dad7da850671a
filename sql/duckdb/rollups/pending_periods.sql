-- Periods of $family that {level} has not followed yet.
-- One row per period; whole when every organization of it must be recomputed.
-- Reads stale.{level} from $from up to $to.
select period, bool_or(organization_id is null) as whole
from stale.{level}
where family = $family and period >= $from and period < $to
group by all
order by period
