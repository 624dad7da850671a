-- track_pieces: what a listener heard of a track in one month of the window.
-- One row per (listener, track, artist): a track that the catalog does not know may have several artists.
-- Reads heard.
select listener, track, artist, sum(ms) as ms, count(*) as plays, count(*) filter (is_stream) as streams
from heard
where heard_at >= $from and heard_at < $to
group by all
