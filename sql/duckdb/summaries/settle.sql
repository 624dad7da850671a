-- Marks an edition as followed.
-- One row per entry settled.
-- Writes stale.summaries.
delete from stale.summaries where year = $year
