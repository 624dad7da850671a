-- audience: how many listeners have a stream in the window.
-- One row.
-- Reads totals of all buckets.
select count(*) as listeners
from totals
where streams > 0
