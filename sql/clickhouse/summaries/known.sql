-- What the newest refresh of a year said.
-- One row, or none before the first.
-- Reads edition_log.
select through, generated_at, last_sequence, frozen_at, left_out, followed, reached
from edition_log
where year = {year:Int32}
order by version desc
limit 1
