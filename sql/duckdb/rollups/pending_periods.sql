-- Periods that {level}.{table} has not followed yet.
-- One row per period; whole when all of it must be recomputed.
-- Reads {stale} from $from up to $to.
select period, bool_or(organization_id is null) as whole
from {stale}
where period >= $from and period < $to{of_family}
group by all
order by period
