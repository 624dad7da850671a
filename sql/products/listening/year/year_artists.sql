-- year_artists: a listener's artists, with the first stream of all history. Without a stream in the window, streams is 0.
-- One row per (listener, artist). is_new: the first stream of all history lies in the window. days: at least the days with a stream.
-- Reads artist_pieces and before_pieces of the wanted listeners.
with year as (
    select
        listener,
        artist,
        sum(ms) as ms,
        sum(streams) as streams,
        min(first_at) as first_at,
        sum(bit_count(days)) as days
    from artist_pieces
    semi join wanted using (listener)
    group by all
),

before as (
    select listener, artist, min(first_at) as first_at
    from before_pieces
    semi join wanted using (listener)
    where streams > 0
    group by all
)

select
    listener,
    artist,
    coalesce(year.ms, 0) as ms,
    coalesce(year.streams, 0) as streams,
    coalesce(before.first_at, year.first_at) as first_at,
    coalesce(year.streams > 0, false) and before.first_at is null as is_new,
    coalesce(year.days, 0) as days
from year
full join before using (listener, artist)
