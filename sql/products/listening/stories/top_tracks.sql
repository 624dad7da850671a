-- top_tracks: the five with the most ms, of those with a stream; then more streams, then the lower id.
-- One row per listener with a stream.
-- Reads year_tracks and track_pieces of the wanted listeners. A track that the catalog does not know stands with its artist of the most ms.
with fifths as (
    select listener, list_last(min({'ms': -ms, 'streams': -streams}, 5)) as fifth
    from year_tracks
    semi join wanted using (listener)
    where streams > 0
    group by all
),

-- Equal ones too: only these need their ids.
candidates as (
    select year_tracks.listener, track, ms, streams
    from year_tracks
    join fifths using (listener)
    where streams > 0 and {'ms': -ms, 'streams': -streams} <= fifth
),

by_artist as (
    select listener, track, artist, sum(pieces.ms) as ms, sum(pieces.streams) as streams
    from track_pieces as pieces
    semi join candidates using (listener, track)
    group by all
),

artists_of as (
    select
        listener,
        track,
        min({'ms': -ms, 'streams': -streams, 'id': artists.id, 'name': artists.name}) as artist
    from by_artist
    join artists using (artist)
    group by all
)

select
    listener,
    list_transform(
        min({'ms': -ms, 'streams': -streams, 'id': tracks.id, 'title': tracks.title, 'artist': artists_of.artist}, 5),
        lambda heard: {
            'id': heard.id,
            'title': heard.title,
            'artist': {'id': heard.artist.id, 'name': heard.artist.name},
            'streams': -heard.streams,
            'ms': -heard.ms
        }
    ) as top_tracks
from candidates
join artists_of using (listener, track)
join tracks using (track)
group by all
