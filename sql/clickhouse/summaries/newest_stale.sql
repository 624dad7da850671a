-- How far the entries for a year go: a refresh settles them up to here.
-- One row.
-- Reads stale_summaries.
select max(sequence) as newest from stale_summaries where year = {year:Int32}
