-- Makes raw merge the files just imported, on each day they have rows of.
-- One row per (family, day, file).
-- Reads landing.file_days from file $first_id on, writes stale.raw.
insert into stale.raw
select family, day, file_id
from landing.file_days
where file_id >= $first_id
