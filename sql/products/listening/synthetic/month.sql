-- One month of the synthetic year: `exported`, the rows that land, and what is true of them, added to truth.
-- One row per play, and again for each retry.
-- Reads the tables of catalog.sql, and the variables month (its first day), year (the edition) and since (the first day that is exported).
create or replace temp table heard as
with counted as (
    select
        listeners.*,
        -- December is half as busy again as February.
        cast(round(plays / 12 * (1 + 0.25 * cos(2 * pi() * (month(getvariable('month')) - 12) / 12))) as bigint)
        + case when plays = 1 and month(getvariable('month')) = 6 and year(getvariable('month')) = getvariable('year') then 1 else 0 end as this_month
    from listeners
    where year(getvariable('month')) = getvariable('year') or had_last_year
),

numbered as (
    select counted.* exclude (plays), unnest(range(this_month)) as play
    from counted
),

drawn as (
    select
        *,
        hash(listener, play, getvariable('month'), getvariable('seed')) as dice
    from numbered
),

chosen as (
    select
        *,
        -- Zipf's law, shifted a little by listener so that tastes differ.
        case
            when hears_one_artist then 7 * getvariable('tracks') // getvariable('artists')
            else (
                cast(floor(getvariable('tracks') * pow(chance(dice, 'track'), 4)) as bigint)
                + case when chance(dice, 'taste') < 0.6 then listener * 97 % (getvariable('tracks') // 3) else 0 end
            ) % getvariable('tracks')
        end as track,
        getvariable('month')
        + to_days(cast(floor(chance(dice, 'day') * day(last_day(getvariable('month')))) as integer))
        + to_hours(cast(list_extract(
            [7, 8, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 17, 18, 18, 19, 19, 20, 20, 21, 21, 22, 23, 0, 1],
            1 + cast(floor(chance(dice, 'hour') * 25) as integer)
        ) as integer))
        + to_milliseconds(cast(floor(chance(dice, 'instant') * 3600000) as bigint)) as local_at
    from drawn
),

timed as (
    select
        *,
        timezone('UTC', timezone(coalesce(time_zone, 'UTC'), local_at)) as ts
    from chosen
)

select
    timed.user_id,
    timed.region,
    tracks.track,
    artists.artist_id,
    case
        when chance(dice, 'alias') < 0.3 and old.track_id is not null then old.track_id
        when chance(dice, 'alias') < 0.4 and older.track_id is not null then older.track_id
        else tracks.track_id
    end as played_id,
    timed.ts,
    timezone(coalesce(timed.time_zone, 'UTC'), timezone('UTC', timed.ts)) as local_at,
    cast(case
        when chance(dice, 'paused') < 0.002 then 7200000
        when chance(dice, 'skipped') < 0.2 then floor(chance(dice, 'how long') * 30000)
        when chance(dice, 'whole') < 0.7 then tracks.duration_ms
        else 30000 + floor(chance(dice, 'how long') * (tracks.duration_ms - 30000))
    end as ubigint) as ms_played,
    tracks.duration_ms,
    case when chance(dice, 'late') < 0.02 then cast(1 + floor(chance(dice, 'how late') * 20) as integer) else 1 end as days_late,
    chance(dice, 'retry') as retry,
    dice
from timed
join tracks using (track)
join artists on artists.artist = tracks.artist
left join aliases as old on old.track = tracks.track and old.hops = 1
left join aliases as older on older.track = tracks.track and older.hops = 2
-- A private session is not exported.
where chance(dice, 'private') >= 0.02 and timed.ts >= getvariable('since')
-- Two plays of a track by one listener at one instant would be one.
qualify row_number() over (partition by timed.user_id, played_id, timed.ts order by dice) = 1;

insert into truth
select
    user_id,
    count(*),
    count(*) filter (least(ms_played, duration_ms) >= least(30000, duration_ms)),
    sum(least(ms_played, duration_ms))
from heard
where year(local_at) = getvariable('year')
group by all;

create or replace temp table exported as
select
    user_id,
    played_id as track_id,
    ts,
    case when attempt = 1 then ms_played // 2 else ms_played end as ms_played,
    artist_id,
    case when chance(dice, 'source') < 0.5 then 'playlist' else 'album' end as source,
    case when chance(dice, 'device') < 0.7 then 'phone' else 'desktop' end as device_class,
    region,
    date_trunc('day', ts) + to_days(days_late) + to_hours(3 - attempt) as exported_at,
    cast(ts as date) as dt
-- 3 in 100 are sent twice alike; 1 in 100 was first sent with half its time.
from heard, (select unnest([0, 1, 2]) as attempt) as attempts
where attempt = 0 or (attempt = 1 and retry < 0.01) or (attempt = 2 and retry > 0.97)
