-- files: the landing objects of the ledger in their present version.
-- One row per object key.
-- Reads landing_files. Of every year: a row may lie in the folder of any day.
select
    sequence as file_id,
    family,
    object_key,
    etag,
    size,
    folder_day,
    region,
    state,
    bad_row_count > 0 as has_impossible_rows
from landing_files
order by family, folder_day, object_key
