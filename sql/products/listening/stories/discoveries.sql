-- discoveries: the artists whose first stream of all history lies in the window.
-- One row per listener.
-- Reads year_artists of the wanted listeners. The date is that of the listener's calendar.
with discovered as (
    select
        listener,
        count(*) filter (is_new) as new_artists,
        min({'at': first_at, 'id': artists.id, 'name': artists.name}) filter (is_new) as earliest,
        min({'ms': -ms, 'streams': -streams, 'id': artists.id, 'name': artists.name}) filter (is_new) as top
    from year_artists
    semi join wanted using (listener)
    join artists using (artist)
    group by all
)

select
    listener,
    {
        'new_artists': new_artists,
        'first_artist': case
            when new_artists > 0
                then {
                    'id': earliest.id,
                    'name': earliest.name,
                    'date': cast(timezone(listeners.time_zone, timezone('UTC', earliest.at)) as date)
                }
        end,
        'top_new_artist': case when new_artists > 0 then {'id': top.id, 'name': top.name, 'ms': -top.ms} end
    } as discoveries
from discovered
join listeners using (listener)
