-- Claims about ranks that are not true, each counted anew over all listeners of the artist.
-- One row per such claim. percent is that of the document.
-- Reads documents, artists and year_artists: the ms of every listener, and the first stream of all history.
with claimed as (
    select
        listener,
        unnest(
            from_json(
                document -> '$.global_rank_blurbs',
                '[{"kind":"VARCHAR","artist":{"id":"VARCHAR"},"percent":"DECIMAL(5,2)"}]'
            )
        ) as claim
    from documents
),

placed as (
    select
        listener,
        artist,
        count(*) filter (streams > 0) over (
            partition by artist
            order by case when streams > 0 then ms else -1 end desc
        ) as as_much,
        count(*) filter (streams > 0) over (partition by artist) as listeners,
        count(*) filter (first_at is not null) over (partition by artist) as listeners_ever,
        count(*) filter (first_at is not null) over (partition by artist order by first_at nulls last) as as_early
    from year_artists
    semi join (
        select artist
        from claimed
        join artists on artists.id = claim.artist.id
    ) as named using (artist)
)

select
    listeners.public_id,
    claim.kind as kind,
    claim.artist.id as artist_id,
    claim.percent as percent,
    as_much,
    placed.listeners,
    as_early,
    listeners_ever
from claimed
join artists on artists.id = claim.artist.id
join placed using (listener, artist)
join listeners using (listener)
where case
    when claim.kind = 'top_percent'
        then placed.listeners < $floor or as_much * 100 > claim.percent * placed.listeners
    else placed.listeners_ever < $floor or (listeners_ever - as_early) * 100 < claim.percent * listeners_ever
end
order by listeners.public_id, claim.kind, claim.artist.id
