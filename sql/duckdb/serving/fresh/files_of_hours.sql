-- The landed files of the snapshot's ledger that may have rows on some days of $family.
-- One row per (file, day); bit h of `hours` is h to h + 1 o'clock, UTC.
-- Reads the snapshot for the days in $days.
select
    files.file_id,
    files.object_key,
    files.etag,
    files.size,
    files.has_impossible_rows,
    files.region,
    file_hours.day,
    file_hours.row_count,
    file_hours.hours
from history.file_hours
join history.files using (file_id)
where file_hours.family = $family and file_hours.day in (select unnest($days))
