-- hour_pieces: milliseconds by the hour of the listener's day, in the window.
-- One row per (listener, hour).
-- Reads heard.
select listener, cast(hour(heard_at) as utinyint) as hour, sum(ms) as ms
from heard
where heard_at >= $from and heard_at < $to
group by all
