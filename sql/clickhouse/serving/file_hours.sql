-- file_hours: in which hours of the year each landed file has valid rows; in any, when it was imported before that was kept.
-- One row per (file, day).
-- Reads landing_files and landing_hours.
select
    files.sequence as file_id,
    files.family as family,
    files.day as day,
    files.row_count as row_count,
    if(held.hours = 0, 16777215, held.hours) as hours
from (
    select sequence, family, file_id, day, row_count
    from (select sequence, family, file_id, state, `days.day`, `days.row_count` from landing_files)
    array join `days.day` as day, `days.row_count` as row_count
    where state = 'landed' and day >= {since:Date32} and day < {until:Date32}
) as files
left join (
    select family, day, file_id, max(hours) as hours
    from landing_hours
    where day >= {since:Date32} and day < {until:Date32}
    group by family, day, file_id
) as held on held.family = files.family and held.day = files.day and held.file_id = files.file_id
order by family, day, file_id
