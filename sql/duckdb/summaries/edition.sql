-- How far the numbers of $year reach: the newest export among the landing rows that raw holds.
-- One row, or none when it holds none of the year.
-- Reads the ledger and stale.raw.
select
    $year as year,
    least(max(file_days.last_exported_at), make_timestamp($year + 1, 1, 1, 0, 0, 0) - interval 1 millisecond) as through,
    max(file_days.last_exported_at) as generated_at,
    max(files.file_id) as last_file
from landing.files
join landing.file_days using (file_id)
where files.state = 'landed'
    and file_days.day >= make_date($year, 1, 1)
    and file_days.day < make_date($year + 1, 1, 1)
    and not exists (
        select 1
        from stale.raw
        where raw.file_id = file_days.file_id and raw.period = file_days.day
    )
having last_file is not null
