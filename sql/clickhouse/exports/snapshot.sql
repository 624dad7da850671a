-- A region's {source} as they are now: a whole snapshot.
-- One row per id.
-- Reads {source} of the region's own database.
select {columns}, {exported_at:DateTime64(3, 'UTC')} as exported_at
from {source} as held
