-- The synthetic catalog and its listeners: tables of the source, from the variables seed, listeners, median_plays, artists and tracks.
-- One statement a table. Everything is a hash of its number and the seed, so the same variables give the same world.

-- A number from 0 to 1 for a thing and a purpose.
create or replace macro chance(thing, purpose) as
    cast(hash(thing, purpose, getvariable('seed')) >> 11 as double) / 9007199254740992;

create or replace table adjectives as
select unnest(
    ['Amber', 'Broken', 'Copper', 'Distant', 'Electric', 'Faded', 'Golden', 'Hollow', 'Idle', 'Jade', 'Lonely', 'Midnight',
    'Northern', 'Open', 'Paper', 'Quiet', 'Restless', 'Silver', 'Tidal', 'Velvet', 'Wild', 'Young']
) as word, unnest(range(22)) as place;

create or replace table nouns as
select unnest(
    ['Arcade', 'Bridge', 'Choir', 'Dancers', 'Engines', 'Fields', 'Gardens', 'Harbour', 'Islands', 'Kites', 'Lanterns', 'Mirrors',
    'Nights', 'Orchard', 'Pilots', 'Rivers', 'Satellites', 'Trains', 'Union', 'Voices', 'Windows', 'Years']
) as word, unnest(range(22)) as place;

create or replace table genres as
select unnest(
    ['pop', 'indie pop', 'rock', 'post-punk', 'electronic', 'ambient', 'hip hop', 'jazz', 'folk', 'soul', 'classical', 'reggaeton']
) as genre,
unnest([null, 'pop', null, 'rock', null, 'electronic', null, null, null, null, null, 'pop']) as parent,
unnest(range(12)) as place;

-- One in twelve has no genre.
create or replace table artists as
select
    number as artist,
    format('artist-{:06}', number) as artist_id,
    format('{} {}{}', adjectives.word, nouns.word, case when number >= 484 then format(' {}', number // 484 + 1) else '' end) as name,
    case when chance(number, 'genre') >= 1 / 12 then genres.genre end as genre
from range(getvariable('artists')) as numbers (number)
join adjectives on adjectives.place = number % 22
join nouns on nouns.place = number // 22 % 22
join genres on genres.place = cast(floor(chance(number, 'which genre') * 12) as bigint);

-- The most played tracks are those of the most played artists.
create or replace table tracks as
select
    number as track,
    format('track-{:07}', number) as track_id,
    format('{} {}', adjectives.word, nouns.word) as title,
    cast(floor(number * getvariable('artists') / getvariable('tracks')) as bigint) as artist,
    120000 + cast(floor(chance(number, 'length') * 240000) as bigint) as duration_ms
from range(getvariable('tracks')) as numbers (number)
join adjectives on adjectives.place = cast(floor(chance(number, 'title') * 22) as bigint)
join nouns on nouns.place = cast(floor(chance(number, 'noun') * 22) as bigint);

-- One track in ten was released again: plays name the old id, or one that stands for the old one in turn.
create or replace table aliases as
select format('track-{:07}-old', track) as track_id, track_id as canonical_track_id, track, 1 as hops
from tracks
where chance(track, 'released again') < 0.1
union all
select format('track-{:07}-older', track), format('track-{:07}-old', track), track, 2
from tracks
where chance(track, 'released again') < 0.02;

create or replace table zones as
select unnest(
    ['Europe/Madrid', 'Europe/London', 'Europe/Helsinki', 'America/New_York', 'America/Los_Angeles', 'America/Sao_Paulo', 'Asia/Tokyo',
    'Asia/Kolkata', 'Pacific/Auckland', 'Pacific/Kiritimati']
) as zone, unnest(range(10)) as place;

-- Plays a year: a heavy tail, of which 99 in 100 have less than 33 times the median; the first listener has 130 times as many. The last
-- ones have none, one, and those of one artist only.
create or replace table listeners as
select
    number as listener,
    format('user-{:07}', number) as user_id,
    case when chance(number, 'zone known') < 0.9 then zones.zone end as time_zone,
    case when number % 3 = 0 then 'us' else 'eu' end as region,
    case when chance(number, 'opted out') < 0.01 then 1 else 0 end as opted_out,
    chance(number, 'had an account') < 0.8 as had_last_year,
    number >= getvariable('listeners') - 3 and number < getvariable('listeners') - 1 as hears_one_artist,
    case
        when number = 0 then 130 * getvariable('median_plays')
        when number = getvariable('listeners') - 1 then 0
        when number = getvariable('listeners') - 2 then 1
        else cast(
            getvariable('median_plays') * exp(
                1.5 * sqrt(-2 * ln(1 - least(chance(number, 'size'), 0.999999))) * cos(2 * pi() * chance(number, 'size too'))
            ) as bigint
        )
    end as plays
from range(getvariable('listeners')) as numbers (number)
join zones on zones.place = cast(floor(chance(number, 'zone') * 10) as bigint);

create or replace table truth (user_id varchar, plays bigint, streams bigint, ms hugeint);
