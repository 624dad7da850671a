-- Rows of {table} by period.
-- One row per period that has any.
-- Reads {table} from $from up to $to.
select cast({time} as date) as period, count(*) as row_count
from {table}
where {time} >= $from and {time} < $to
group by all
order by period
