-- What a region's {source} holds for a window of time: the sink that feeds landing.
-- One row per event.
-- Reads {source} of the region's own database from $from up to $to.
select {columns}, cast($region as varchar) as region, cast($exported_at as timestamp_ms) as exported_at
from {source}
where {event_time} >= $from and {event_time} < $to
