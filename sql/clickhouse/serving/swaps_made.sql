-- The newest swap that was begun, and the newest that was done: two equal answers mean that no partition changed in between, unless one
-- was being swapped all the time, which is a broken swap meanwhile.
-- One row.
-- Reads swaps.
select max(begun) as begun, max(done) as done from swaps
