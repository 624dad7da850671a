-- file_hours: in which hours of the year each landed file has valid rows.
-- One row per (file_id, day).
-- Reads the ledger from $from up to $to.
select file_days.file_id, file_days.family, file_days.day, file_days.row_count, file_days.hours
from landing.file_days
join landing.files using (file_id)
where files.state = 'landed' and file_days.day >= $from and file_days.day < $to
order by file_days.family, file_days.day, file_days.file_id
