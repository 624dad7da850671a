-- top_genres: the five with the most ms, of those with a stream; then more streams, then the lower name.
-- One row per listener.
-- Reads year_artists of the wanted listeners, with the genre under which the catalog counts each artist.
with genres_heard as (
    select listener, artists.genre, sum(ms) as ms, sum(streams) as streams
    from year_artists
    semi join wanted using (listener)
    join artists using (artist)
    group by all
)

select
    listener,
    list_transform(
        coalesce(
            min({'ms': -ms, 'streams': -streams, 'genre': genre}, 5) filter (genre is not null and streams > 0), []
        ),
        lambda heard: {'genre': heard.genre, 'ms': -heard.ms, 'streams': -heard.streams}
    ) as top_genres,
    coalesce(sum(ms) filter (genre is null), 0) as genre_unknown_ms
from genres_heard
group by all
