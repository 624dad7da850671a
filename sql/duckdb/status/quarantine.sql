-- Everything in quarantine from files of the folder days from $from up to $to, and from the dimensions.
-- One row per file, or per file and reason for single rows.
-- Reads landing.files and landing.quarantined_rows.
select family, object_key, reason, cast(null as bigint) as row_count
from landing.files
where state = 'quarantined' and (folder_day is null or (folder_day >= $from and folder_day < $to))
union all
select files.family, files.object_key, quarantined.reason, count(*) as row_count
from landing.quarantined_rows as quarantined
join landing.files using (file_id)
where folder_day is null or (folder_day >= $from and folder_day < $to)
group by all
order by all
