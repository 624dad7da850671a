-- Notes which files of $year raw does not hold while its edition is frozen.
-- One row per file.
-- Reads stale.raw, writes main.wrapped_left_out.
insert into main.wrapped_left_out
select distinct cast($year as smallint), file_id
from stale.raw
where file_id is not null
    and period >= make_date($year, 1, 1)
    and period < make_date($year + 1, 1, 1)
