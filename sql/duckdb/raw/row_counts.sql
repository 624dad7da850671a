-- Rows of raw.{family} by day.
-- One row per day that has any.
-- Reads raw.{family} from $from up to $to.
select cast({event_time} as date) as day, count(*) as row_count
from raw.{family}
where {event_time} >= $from and {event_time} < $to
group by all
order by day
