-- Rows of {level}.{table} by period.
-- One row per period that has any.
-- Reads {level}.{table} from $from up to $to.
select cast({period} as date) as period, count(*) as row_count
from {level}.{table}
where {period} >= $from and {period} < $to
group by all
order by period
