-- Everything in quarantine from files of the folder days from $from up to $to, and from the dimensions.
-- One row per file, or per file and reason for single rows; of one family, or of all when $family is empty.
-- Reads landing.files and landing.quarantined_rows.
select family, object_key, reason, cast(null as bigint) as row_count
from landing.files
where state = 'quarantined' and ($family = '' or family = $family)
    and (folder_day is null or (folder_day >= $from and folder_day < $to))
union all
select files.family, files.object_key, quarantined.reason, count(*) as row_count
from landing.quarantined_rows as quarantined
join landing.files using (file_id)
where ($family = '' or files.family = $family)
    and (folder_day is null or (folder_day >= $from and folder_day < $to))
group by all
order by all
