-- Tracks that were played and that the catalog does not know: they have no title, no length and the artist that the play names.
-- One row per track, the most played first.
-- Reads tracks and track_pieces.
select tracks.id, sum(track_pieces.plays) as plays
from track_pieces
join tracks using (track)
where not tracks.is_known
group by all
order by plays desc, id
