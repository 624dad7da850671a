-- thresholds: what a listener of an artist must have for a claim to be true.
-- One row per (artist, kind, bound). top_percent is true of those with more ms than the bound; before_percent of those whose first stream is
-- earlier than it. percent is in hundredths. Equal listeners are all ahead of each other, so a tie never flatters.
-- Reads year_artists of all buckets, and popularity; of artists with a name and $floor listeners or more.
with named as (
    select artist, listeners, listeners_ever
    from popularity
    semi join (select artist from artists where name is not null) as known using (artist)
    where listeners_ever >= $floor
),

-- The place after the last that may be claimed, from the most ms down: whoever has more than what stands there is ahead of it.
top_places as (
    select artist, percent, percent * listeners // 10000 + 1 as place
    from named, (select unnest([5, 10, 50, 100, 200, 500]) as percent) as claimed
    where listeners >= $floor
),

by_ms as (
    select artist, ms, row_number() over (partition by artist order by ms desc) as place
    from year_artists
    semi join top_places using (artist)
    where streams > 0
),

-- The place, from the latest first stream back, of the listener before whom one must have begun.
before_places as (
    select artist, percent * 100 as percent, (percent * listeners_ever + 99) // 100 as place
    from named, (select unnest(range(50, 100)) as percent) as claimed
),

by_first as (
    select artist, first_at, row_number() over (partition by artist order by first_at desc) as place
    from year_artists
    semi join before_places using (artist)
    where first_at is not null
)

select artist, 'top_percent' as kind, ms as bound, min(percent) as percent
from top_places
join by_ms using (artist, place)
group by all
union all
select artist, 'before_percent', epoch_us(first_at), max(percent)
from before_places
join by_first using (artist, place)
group by all
