-- top_artists: the five with the most ms, of those with a stream; then more streams, then the lower id.
-- One row per listener with a stream.
-- Reads year_artists of the wanted listeners.
with fifths as (
    select listener, list_last(min({'ms': -ms, 'streams': -streams}, 5)) as fifth
    from year_artists
    semi join wanted using (listener)
    where streams > 0
    group by all
),

-- Equal ones too: only these need their ids.
candidates as (
    select year_artists.listener, artist, ms, streams
    from year_artists
    join fifths using (listener)
    where streams > 0 and {'ms': -ms, 'streams': -streams} <= fifth
)

select
    listener,
    list_transform(
        min({'ms': -ms, 'streams': -streams, 'id': artists.id, 'name': artists.name}, 5),
        lambda heard: {'id': heard.id, 'name': heard.name, 'streams': -heard.streams, 'ms': -heard.ms}
    ) as top_artists
from candidates
join artists using (artist)
group by all
