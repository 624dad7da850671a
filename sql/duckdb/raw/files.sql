-- The landed files of $family that {listing} names for some days: all with rows of them, which a rebuild reads, or those that a merge still has to.
-- One row per file.
-- Reads the ledger and {listing} from $from up to $to.
select file_id, object_key, etag, size, bad_row_count > 0 as has_impossible_rows, region
from landing.files
where state = 'landed'
    and file_id in (
        select file_id
        from {listing}
        where family = $family and {day} >= $from and {day} < $to
    )
order by object_key
