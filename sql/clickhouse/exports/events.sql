-- What a region's {source} holds for a window of time: the sink that feeds landing.
-- One row per event.
-- Reads {source} of the region's own database from {since} up to {until}.
select {columns}, {region:String} as region, {exported_at:DateTime64(3, 'UTC')} as exported_at
from {source} as held
where held.{event_time} >= {since:DateTime64(6, 'UTC')} and held.{event_time} < {until:DateTime64(6, 'UTC')}
