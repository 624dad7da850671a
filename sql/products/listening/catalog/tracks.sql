-- tracks: those of the catalog, and those that only an alias names, numbered.
-- One row per track. A duration of 0 is unknown; a track that only an alias names has no artist.
-- Reads the snapshots of tracks and aliases of the catalog, and artists.
with newest as (
    select track_id as id, title, artist_id, nullif(duration_ms, 0) as duration_ms
    from tracks_snapshots
    qualify row_number() over (partition by track_id order by exported_at desc, region) = 1
),

named as (
    select id from newest
    union
    select canonical_track_id from aliases where canonical_track_id is not null
)

select
    cast(row_number() over (order by named.id) as integer) as track,
    named.id,
    newest.title,
    artists.artist,
    newest.duration_ms,
    newest.id is not null as is_known
from named
left join newest on newest.id = named.id
left join artists on artists.id = newest.artist_id
