-- A region's {source} as they are now: a whole snapshot.
-- One row per id.
-- Reads {source} of the region's own database.
select {columns}, cast($exported_at as timestamp_ms) as exported_at
from {source}
