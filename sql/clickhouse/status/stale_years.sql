-- Editions with something to do: a summary is stale, or how far they reach, or their last swap was cut short.
-- One row per year; `has_documents` unless it is only how far they reach.
-- Reads stale_summaries, edition_log and broken_swaps.
select year, max(is_of_documents) as has_documents
from (
    select stale.year as year, stale.kind <> 'reach' as is_of_documents
    from stale_summaries as stale
    left join (
        select year, max(followed) as followed, max(reached) as reached
        from edition_log
        group by year
    ) as marks using (year)
    where stale.sequence > ifNull(if(stale.kind = 'reach', marks.reached, marks.followed), 0)
    union all
    select toInt32(toYear(period)), true from broken_swaps where layer = 'wrapped_summaries'
)
group by year
