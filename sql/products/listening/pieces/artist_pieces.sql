-- artist_pieces: what a listener heard of an artist in one month of the window.
-- One row per (listener, month, artist), the month being the listener's. Bit n of `days` is set where day n + 1 of it has a stream.
-- Reads heard.
select
    listener,
    cast(date_trunc('month', heard_at) as date) as month,
    artist,
    sum(ms) as ms,
    count(*) filter (is_stream) as streams,
    bit_or(cast(is_stream as uinteger) << cast(day(heard_at) - 1 as uinteger)) as days,
    min(ts) filter (is_stream) as first_at
from heard
where heard_at >= $from and heard_at < $to
group by all
