-- The files of $family that landed for some days and are not in raw yet: what a merge reads.
-- One row per file.
-- Reads stale.raw and the ledger from $from up to $to.
select file_id, object_key, etag, size, bad_row_count > 0 as has_impossible_rows, region
from landing.files
where state = 'landed'
    and file_id in (
        select file_id
        from stale.raw
        where family = $family and period >= $from and period < $to
    )
order by object_key
