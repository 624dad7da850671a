-- Every landed file with rows of $family on some days: what a rebuild of them reads.
-- One row per file.
-- Reads the ledger from $from up to $to.
select file_id, object_key, etag, size, bad_row_count > 0 as has_impossible_rows, region
from landing.files
where state = 'landed'
    and file_id in (
        select file_id
        from landing.file_days
        where family = $family and day >= $from and day < $to
    )
order by object_key
