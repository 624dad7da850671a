-- Valid landing rows of $family by day of the event.
-- One row per day that has any.
-- Reads the ledger from $from up to $to.
select file_days.day, cast(sum(file_days.row_count) as bigint) as row_count
from landing.file_days
join landing.files using (file_id)
where file_days.family = $family
    and file_days.day >= $from and file_days.day < $to
    and files.state = 'landed'
group by all
order by day
