-- ranks: the three strongest claims that are true of a listener, each with its text.
-- One row per listener who has one.
-- Reads year_artists of the wanted listeners, and thresholds. percent is in hundredths. The strongest first: a top_percent of p is as strong as
-- a before_percent of 100 - p; then top_percent, then more ms, then the lower artist id.
with candidates as (
    select listener, artist, ms, epoch_us(first_at) as first_us
    from year_artists
    semi join wanted using (listener)
    semi join thresholds using (artist)
    where streams > 0
),

claims as (
    select listener, candidates.artist, ms, kind, percent, 10000 - percent as strength
    from candidates
    asof join (select * from thresholds where kind = 'top_percent') as top
        on candidates.artist = top.artist and candidates.ms > top.bound
    union all
    select listener, candidates.artist, ms, kind, percent, percent as strength
    from candidates
    asof join (select * from thresholds where kind = 'before_percent') as before
        on candidates.artist = before.artist and candidates.first_us < before.bound
),

strongest as (
    select
        listener,
        min(
            {
                'strength': -strength,
                'is_before': kind = 'before_percent',
                'ms': -ms,
                'id': artists.id,
                'name': artists.name,
                'percent': percent
            },
            3
        ) as claims
    from claims
    join artists using (artist)
    group by all
)

select
    listener,
    list_transform(
        claims,
        lambda claim: {
            'kind': case when claim.is_before then 'before_percent' else 'top_percent' end,
            'artist': {'id': claim.id, 'name': claim.name},
            'percent': claim.percent / 100,
            'text': case
                when claim.is_before
                    then format('You heard {} before {} % of their listeners', claim.name, claim.percent // 100)
                else format('Top {:g} % of {} listeners', claim.percent / 100, claim.name)
            end
        }
    ) as global_rank_blurbs
from strongest
