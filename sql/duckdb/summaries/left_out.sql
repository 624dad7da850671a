-- How many landing rows of $year were exported too late for its frozen edition.
-- One row.
-- Reads the ledger and main.wrapped_editions. Files are counted whole: an export has one time.
select coalesce(cast(sum(file_days.row_count) as bigint), 0) as left_out
from landing.file_days
join landing.files using (file_id)
join main.wrapped_editions as editions on editions.year = $year
where files.state = 'landed'
    and file_days.last_exported_at > editions.generated_at
    and file_days.day >= make_date($year, 1, 1)
    and file_days.day < make_date($year + 1, 1, 1)
