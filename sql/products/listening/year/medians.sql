-- medians: where each axis of the personality is cut: the lower median over all listeners with a total, 500 below 100 listeners.
-- One row.
-- Reads axes of all buckets.
with ordered as (
    select
        count(*) as listeners,
        list(discovery order by discovery) as discovery,
        list(variety order by variety) as variety,
        list(loyalty order by loyalty) as loyalty,
        list(mainstream order by mainstream) as mainstream
    from axes
)

select
    case when listeners < 100 then 500 else discovery[(listeners + 1) // 2] end as discovery,
    case when listeners < 100 then 500 else variety[(listeners + 1) // 2] end as variety,
    case when listeners < 100 then 500 else loyalty[(listeners + 1) // 2] end as loyalty,
    case when listeners < 100 then 500 else mainstream[(listeners + 1) // 2] end as mainstream
from ordered
