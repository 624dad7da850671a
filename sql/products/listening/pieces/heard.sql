-- heard: the plays of some days as they count, by the listener's own calendar.
-- One row per play.
-- Reads events, listeners, tracks, aliases and artists.
select
    listeners.listener,
    tracks.track,
    coalesce(tracks.artist, artists.artist) as artist,
    events.ts,
    events.exported_at,
    least(events.ms_played, tracks.duration_ms) as ms,
    least(events.ms_played, tracks.duration_ms) >= least(30000, tracks.duration_ms) as is_stream,
    timezone(listeners.time_zone, timezone('UTC', events.ts)) as heard_at
from events
join listeners on listeners.user_id = events.user_id
left join aliases on aliases.track_id = events.track_id
join tracks on tracks.id = coalesce(aliases.canonical_track_id, events.track_id)
join artists on artists.id = events.artist_id
where listeners.bucket >= $first_bucket and listeners.bucket <= $last_bucket
