-- How many events the batch holds; their numbers are unique, so this is the number of unique rows.
-- One row.
-- Reads batch.
select count(distinct event_no) as row_count
from batch
