-- popularity: how many hear each artist, and how many have a stream at all.
-- One row per artist. listeners: with a stream in the window; listeners_ever: over all history.
-- Reads year_artists of all buckets.
select
    artist,
    count(*) filter (streams > 0) as listeners,
    count(*) filter (first_at is not null) as listeners_ever
from year_artists
group by all
