-- year_tracks: a listener's tracks of the window.
-- One row per (listener, track).
-- Reads track_pieces of the wanted listeners.
select listener, track, sum(ms) as ms, sum(plays) as plays, sum(streams) as streams
from track_pieces
semi join wanted using (listener)
group by all
