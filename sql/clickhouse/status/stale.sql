-- Partitions of raw and of the rollups, with the newest change below each and the newest that it holds.
-- One row per (layer, family, period) that is stale, or per each that has something below it when {everything}.
-- Reads landing_ledger, built and broken_swaps. A day must be rebuilt, and not merged, when an object of it was changed or when
-- its last swap was cut short.
with marks as (
    select layer, family, period, max(source_sequence) as held, max(sequence) as changed
    from built
    group by layer, family, period
),

landed as (
    select family, day, max(sequence) as newest, max(replaced) as replaced
    from (
        select family, sequence, 0 as replaced, arrayJoin(`days.day`) as day from landing_ledger
        union all
        select family, sequence, sequence as replaced, arrayJoin(replaced_days) as day from landing_ledger
    )
    group by family, day
),

sources as (
    select 'raw' as layer, family, day as period, newest, replaced from landed
    union all
    {levels}
)

select
    sources.layer as layer,
    sources.family as family,
    sources.period as period,
    sources.newest as newest,
    ifNull(marks.held, 0) as held,
    sources.replaced > ifNull(marks.held, 0)
        or (sources.layer, sources.family, sources.period) in (select layer, family, period from broken_swaps) as must_rebuild
from sources
left join marks on marks.layer = sources.layer and marks.family = sources.family and marks.period = sources.period
where ({layer:String} = '' or sources.layer = {layer:String})
    and ({family:String} = '' or sources.family = {family:String})
    and sources.period >= {since:Date32} and sources.period < {until:Date32}
    and ({everything:Bool} or sources.newest > ifNull(marks.held, 0) or must_rebuild)
order by layer, family, period
