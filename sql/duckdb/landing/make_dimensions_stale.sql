-- Makes the dimensions merge the snapshot files just imported.
-- One row per file.
-- Reads landing.files from file $first_id on, writes stale.dimensions.
insert into stale.dimensions
select family, file_id
from landing.files
where file_id >= $first_id and state = 'landed'
