-- Rows of {level}_{table} by period; a histogram is one row.
-- One row per period that has any.
-- Reads {level}_{table} from {since} up to {until}.
select toDate32({period}) as start, count() as row_count
from {level}_{table}
where {period} >= {since:Date32} and {period} < {until:Date32}
group by start
order by start
