-- devotion: the longest run of days with a stream of one artist; then the earlier, then the lower artist id.
-- One row per listener with a stream.
-- Reads year_artists and artist_pieces of the wanted listeners: bit n of a month's `days` is day n + 1 of it.
-- Runs of 2, 4, 8 and 16 days inside a month, by their bits: no longest run is shorter, and only artists with as many days are looked at.
with twos as (
    select listener, days, days & (days >> 1) as run_of_2
    from artist_pieces
    semi join wanted using (listener)
),

fours as (select *, run_of_2 & (run_of_2 >> 2) as run_of_4 from twos),

eights as (select *, run_of_4 & (run_of_4 >> 4) as run_of_8 from fours),

least_runs as (
    select
        listener,
        max(
            case
                when run_of_8 & (run_of_8 >> 8) > 0 then 16
                when run_of_8 > 0 then 8
                when run_of_4 > 0 then 4
                when run_of_2 > 0 then 2
                else 1
            end
        ) as days
    from eights
    where days > 0
    group by all
),

candidates as (
    select year_artists.listener, artist
    from year_artists
    join least_runs using (listener)
    where streams > 0 and year_artists.days >= least_runs.days
),

bits as (
    select
        listener,
        artist,
        month,
        unnest(list_filter(range(0, 31), lambda bit: days >> cast(bit as uinteger) & 1 = 1)) as bit
    from artist_pieces
    semi join candidates using (listener, artist)
),

-- Consecutive days have the same distance from their number in order.
numbered as (
    select listener, artist, day, day - cast(row_number() over (partition by listener, artist order by day) as integer) as run
    from (select distinct listener, artist, month + cast(bit as integer) as day from bits) as days_heard
),

runs as (
    select listener, artist, count(*) as days, min(day) as began
    from numbered
    group by listener, artist, run
)

select
    listener,
    {
        'artist': {'id': min(longest).id, 'name': min(longest).name},
        'days': -min(longest).days,
        'from': min(longest).began
    } as devotion
from (
    select listener, {'days': -days, 'began': began, 'id': artists.id, 'name': artists.name} as longest
    from runs
    join artists using (artist)
) as found
group by all
