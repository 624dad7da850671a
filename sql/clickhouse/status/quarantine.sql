-- Everything in quarantine from files of the folder days from {since} up to {until}, and from the dimensions.
-- One row per file, or per file and reason for single rows; of one family, or of all when {family} is empty.
-- Reads landing_files and landing_quarantined_rows.
select family, object_key, reason, row_count
from (
    select family, object_key, reason, cast(null, 'Nullable(Int64)') as row_count
    from landing_files
    where state = 'quarantined'
        and ({family:String} = '' or family = {family:String})
        and (folder_day is null or (folder_day >= {since:Date32} and folder_day < {until:Date32}))
    union all
    select files.family, files.object_key, quarantined.reason, toInt64(uniqExact(quarantined.row_number))
    from landing_quarantined_rows as quarantined
    join landing_files as files using (file_id)
    where files.state = 'landed'
        and ({family:String} = '' or files.family = {family:String})
        and (files.folder_day is null or (files.folder_day >= {since:Date32} and files.folder_day < {until:Date32}))
    group by files.family, files.object_key, quarantined.reason
)
order by family, object_key, reason, row_count nulls first
