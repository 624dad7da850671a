-- How far the numbers of a year reach: the newest export among the landing rows that raw holds.
-- One row; null when it holds none of the year.
-- Reads landing_files and the marks of raw in built.
select
    least(maxOrNull(files.last_exported_at), makeDateTime64({year:Int32}, 12, 31, 23, 59, 59, 999000, 6, 'UTC')) as through,
    maxOrNull(files.last_exported_at) as generated_at,
    max(files.sequence) as last_sequence
from (
    select family, sequence, day, last_exported_at
    from (select family, sequence, state, `days.day`, `days.last_exported_at` from landing_files)
    array join `days.day` as day, `days.last_exported_at` as last_exported_at
    where state = 'landed' and day >= makeDate32({year:Int32}, 1, 1) and day < makeDate32({year:Int32} + 1, 1, 1)
) as files
join (
    select family, period, max(source_sequence) as held
    from built
    where layer = 'raw'
    group by family, period
) as marks on marks.family = files.family and marks.period = files.day
where files.sequence <= marks.held
