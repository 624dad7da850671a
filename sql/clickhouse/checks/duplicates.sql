-- Keys that stand more than once in {table}. None is a pass.
-- One row per broken key.
-- Reads {table} from {since} up to {until}.
select {key}, count() as copies
from {table}
where {event_time} >= toDateTime64({since:Date32}, 6, 'UTC') and {event_time} < toDateTime64({until:Date32}, 6, 'UTC')
group by {key}
having count() > 1
order by {key}
