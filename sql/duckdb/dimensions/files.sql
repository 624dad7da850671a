-- The landed snapshot files of the dimension $family: those that are not merged yet, or $everything, which a rebuild reads.
-- One row per file.
-- Reads stale.dimensions and the ledger.
select file_id, object_key, etag, size, bad_row_count > 0 as has_impossible_rows, region
from landing.files
where family = $family
    and state = 'landed'
    and ($everything or file_id in (select file_id from stale.dimensions where family = $family))
order by object_key
