-- How far the numbers of $year reach: the newest export among its landing rows.
-- One row, null when nothing landed for the year.
-- Reads the ledger.
select
    least(max(file_days.last_exported_at), make_timestamp($year + 1, 1, 1, 0, 0, 0) - interval 1 millisecond) as through,
    max(file_days.last_exported_at) as generated_at
from landing.files
join landing.file_days using (file_id)
where files.state = 'landed'
    and file_days.day >= make_date($year, 1, 1)
    and file_days.day < make_date($year + 1, 1, 1)
