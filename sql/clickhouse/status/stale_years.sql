-- Editions with something to do: a summary is stale, or how far they reach, or their last swap was cut short.
-- One row per year.
-- Reads stale_summaries, edition_log and broken_swaps.
select distinct stale.year as year
from stale_summaries as stale
left join (
    select year, max(followed) as followed, max(reached) as reached
    from edition_log
    group by year
) as marks using (year)
where stale.sequence > ifNull(if(stale.kind = 'reach', marks.reached, marks.followed), 0)
union distinct
select toInt32(toYear(period)) from broken_swaps where layer = 'wrapped_summaries'
