-- artists: those of the catalog, numbered.
-- One row per artist, those that only a track names too. A genre that `genres` does not name is counted as itself.
-- Reads the snapshots of artists, tracks and genres: of each, the newest over all regions.
with newest as (
    select artist_id as id, name, genre
    from artists_snapshots
    qualify row_number() over (partition by artist_id order by exported_at desc, region) = 1
),

parents as (
    select genre, parent
    from genres_snapshots
    qualify row_number() over (partition by genre order by exported_at desc, region) = 1
),

named as (
    select id from newest
    union
    select artist_id from tracks_snapshots
)

select
    cast(row_number() over (order by named.id) as integer) as artist,
    named.id,
    newest.name,
    coalesce(parents.parent, newest.genre) as genre
from named
left join newest on newest.id = named.id
left join parents on parents.genre = newest.genre
