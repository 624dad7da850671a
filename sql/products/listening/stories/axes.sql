-- axes: the four axes of the personality, in thousandths, rounded down.
-- One row per listener with a total above 0.
-- Reads year_artists and totals of the wanted listeners; popularity and audience of all. $floor is the least number of listeners.
with artists_heard as (
    select
        listener,
        sum(ms) filter (is_new) as new_ms,
        sum(ms) filter (
            popularity.listeners >= $floor and popularity.listeners * 20 >= (select listeners from audience)
        ) as popular_ms,
        max(ms, 10) as most
    from year_artists
    semi join wanted using (listener)
    join popularity using (artist)
    group by all
)

select
    listener,
    coalesce(new_ms, 0) * 1000 // total_ms as discovery,
    (total_ms - list_sum(most)) * 1000 // total_ms as variety,
    case when streams > 0 then (streams - unique_tracks) * 1000 // streams else 0 end as loyalty,
    coalesce(popular_ms, 0) * 1000 // total_ms as mainstream
from totals
semi join wanted using (listener)
join artists_heard using (listener)
where total_ms > 0
