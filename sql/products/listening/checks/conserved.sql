-- Listeners whose milliseconds, plays or streams are not the same in every table and in the document.
-- One row per such listener.
-- Reads the pieces, totals, months, hours and documents.
with tables_hold as (
    select listener, sum(ms) as ms, sum(plays) as plays, sum(streams) as streams from track_pieces group by all
    union all
    select listener, sum(ms), null, sum(streams) from artist_pieces group by all
    union all
    select listener, sum(ms), null, sum(streams) from day_pieces group by all
    union all
    select listener, sum(ms), null, null from hour_pieces group by all
    union all
    select listener, total_ms, plays, streams from totals
    union all
    select listener, list_sum(hours), null, null from hours
    union all
    select
        listener,
        list_sum(list_transform(months, lambda month: month.ms)),
        null,
        list_sum(list_transform(months, lambda month: month.streams))
    from months
    union all
    select
        listener,
        cast(document ->> '$.total_ms' as hugeint),
        cast(document ->> '$.plays' as hugeint),
        cast(document ->> '$.streams' as hugeint)
    from documents
)

select listeners.public_id, min(ms) as least_ms, max(ms) as most_ms, min(streams) as least_streams, max(streams) as most_streams
from tables_hold
join listeners using (listener)
group by all
having min(ms) <> max(ms) or min(plays) <> max(plays) or min(streams) <> max(streams)
order by public_id
