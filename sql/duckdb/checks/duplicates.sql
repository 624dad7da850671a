-- Keys that stand more than once in {table}. None is a pass.
-- One row per broken key.
-- Reads {table} from $from up to $to.
select {key}, count(*) as copies
from {table}
where {event_time} >= $from and {event_time} < $to
group by {key}
having count(*) > 1
order by {key}
