-- What of $family is in quarantine. None is a pass.
-- One row per file, or per file and reason for single rows; the first five.
-- Reads landing.files and landing.quarantined_rows for the folder days from $from up to $to.
select files.object_key, files.reason, cast(null as bigint) as row_count
from landing.files
where files.family = $family and files.state = 'quarantined'
    and (files.folder_day is null or (files.folder_day >= $from and files.folder_day < $to))
union all
select files.object_key, quarantined.reason, count(*) as row_count
from landing.quarantined_rows as quarantined
join landing.files using (file_id)
where files.family = $family
    and (files.folder_day is null or (files.folder_day >= $from and files.folder_day < $to))
group by all
order by all
limit 5
