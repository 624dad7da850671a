-- Rows of raw_{family} by day.
-- One row per day that has any.
-- Reads raw_{family} from {since} up to {until}.
select toDate32({event_time}) as day, count() as row_count
from raw_{family}
where {event_time} >= toDateTime64({since:Date32}, 6, 'UTC') and {event_time} < toDateTime64({until:Date32}, 6, 'UTC')
group by day
order by day
