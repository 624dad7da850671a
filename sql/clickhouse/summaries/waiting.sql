-- The imports with rows of a year that raw does not hold: what an edition that is frozen now leaves out.
-- One row per import; `is_changed` when it took the place of an older version of its object, whose rows raw may still hold.
-- Reads landing_ledger, landing_files and the marks of raw in built.
select waiting.sequence as sequence, max(waiting.is_changed) as is_changed
from (
    select family, sequence, arrayJoin(`days.day`) as day, 0 as is_changed
    from landing_files
    where state = 'landed'
    union all
    select family, sequence, arrayJoin(replaced_days), 1
    from landing_ledger
) as waiting
left join (
    select family, period, max(source_sequence) as held
    from built
    where layer = 'raw'
    group by family, period
) as marks on marks.family = waiting.family and marks.period = waiting.day
where waiting.day >= makeDate32({year:Int32}, 1, 1) and waiting.day < makeDate32({year:Int32} + 1, 1, 1)
    and waiting.sequence > ifNull(marks.held, 0)
group by waiting.sequence
order by waiting.sequence
