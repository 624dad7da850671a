-- The objects of $family already in the ledger, in their newest version.
-- One row per object key.
-- Reads landing.files for the folder days in $days, or for all when $days is null.
select object_key, etag
from landing.files
where family = $family
    and state <> 'replaced'
    and ($days is null or folder_day in (select unnest($days)))
