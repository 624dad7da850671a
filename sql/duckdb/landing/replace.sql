-- Marks the present versions of these object keys as replaced: a newer version is being imported.
-- One row returned per version replaced.
-- Reads and writes landing.files.
update landing.files
set state = 'replaced'
where family = $family and state <> 'replaced' and object_key in (select unnest($keys))
returning file_id
