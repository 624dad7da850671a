-- Every landed snapshot file of the dimension $family: what a rebuild reads.
-- One row per file.
-- Reads the ledger.
select file_id, object_key, etag, size, bad_row_count > 0 as has_impossible_rows, region
from landing.files
where family = $family and state = 'landed'
order by object_key
