-- In which hours the rows of some files of the snapshot's ledger happened.
-- One row per (file, day).
-- Reads the snapshot for the object keys in $keys.
select file_hours.day, file_hours.hours
from history.file_hours
join history.files using (file_id)
where files.family = $family and files.object_key in (select unnest($keys))
