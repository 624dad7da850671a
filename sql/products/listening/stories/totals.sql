-- totals: how much a listener heard.
-- One row per listener with a play in the window.
-- Reads year_tracks and year_artists of the wanted listeners.
with tracks_heard as (
    select
        listener,
        sum(ms) as total_ms,
        sum(plays) as plays,
        sum(streams) as streams,
        count(*) filter (streams > 0) as unique_tracks
    from year_tracks
    semi join wanted using (listener)
    group by all
),

artists_heard as (
    select listener, count(*) filter (streams > 0) as unique_artists
    from year_artists
    semi join wanted using (listener)
    group by all
)

select listener, total_ms, total_ms // 60000 as total_minutes, plays, streams, unique_tracks, unique_artists
from tracks_heard
join artists_heard using (listener)
