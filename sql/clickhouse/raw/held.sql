-- What raw_{family} holds of some days: where a merge begins.
-- One row per key.
-- Reads raw_{family}; the days are in {partitions}.
select {columns}
from raw_{family}
where toYYYYMMDD({event_time}) in {partitions:Array(UInt32)}
