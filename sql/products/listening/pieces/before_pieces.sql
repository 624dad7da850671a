-- before_pieces: what a listener heard of an artist before the window; last year's window apart from the rest.
-- One row per (listener, artist, whether last year's window holds it). first_play is that of any play, first_at that of a stream.
-- Reads heard.
select
    listener,
    artist,
    heard_at >= $last_from and heard_at < $last_to as is_last_year,
    sum(ms) as ms,
    count(*) filter (is_stream) as streams,
    min(ts) filter (is_stream) as first_at,
    min(heard_at) as first_play
from heard
where heard_at < $from
group by all
