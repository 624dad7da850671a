-- How many landing rows of $year came too late for its frozen edition, whenever they were exported.
-- One row.
-- Reads the ledger, main.wrapped_editions and main.wrapped_left_out. File ids ascend in the order of import.
select coalesce(cast(sum(file_days.row_count) as bigint), 0) as left_out
from landing.file_days
join landing.files using (file_id)
join main.wrapped_editions as editions on editions.year = $year
where files.state = 'landed'
    and (
        files.file_id > editions.last_file
        or files.file_id in (select file_id from main.wrapped_left_out where year = $year)
    )
    and file_days.day >= make_date($year, 1, 1)
    and file_days.day < make_date($year + 1, 1, 1)
