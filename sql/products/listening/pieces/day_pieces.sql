-- day_pieces: the listener's days in the window, and when the newest of their plays was exported.
-- One row per (listener, day).
-- Reads heard.
select
    listener,
    cast(heard_at as date) as day,
    sum(ms) as ms,
    count(*) filter (is_stream) as streams,
    max(exported_at) as exported_at
from heard
where heard_at >= $from and heard_at < $to
group by all
