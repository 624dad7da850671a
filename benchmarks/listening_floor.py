"""The floor of listening: one hand-written DuckDB script over the same Parquet files, without layers, ledger or catalog pin.

It dedupes the plays and computes the same facts: totals, tops, months, hours, days, discoveries, devotion, last year's total and every listener's
place among those of each artist. python -m benchmarks.listening_floor LANDING YEAR FOLDER
"""

import json
import sys
import tempfile

import duckdb

from benchmarks.measure import own_cost

STATEMENTS = """
create table plays as
select user_id, track_id, ts, arg_max(ms_played, exported_at) as ms_played, arg_max(artist_id, exported_at) as artist_id
from read_parquet('{landing}/plays/*/*/*.parquet')
group by all;

create table aliases as
with recursive given as (select track_id, canonical_track_id as at_id from read_parquet('{landing}/track_aliases/*/*.parquet')),
reached as (
    select * from given
    union
    select reached.track_id, given.at_id from reached join given on given.track_id = reached.at_id
)
select * from reached where at_id not in (select track_id from given);

create table heard as
select
    plays.user_id,
    tracks.track_id,
    coalesce(tracks.artist_id, plays.artist_id) as artist_id,
    plays.ts,
    least(ms_played, duration_ms) as ms,
    least(ms_played, duration_ms) >= least(30000, duration_ms) as is_stream,
    timezone(coalesce(time_zone, 'UTC'), timezone('UTC', plays.ts)) as heard_at
from plays
left join aliases using (track_id)
join read_parquet('{landing}/tracks/*/*.parquet') as tracks on tracks.track_id = coalesce(aliases.at_id, plays.track_id)
join read_parquet('{landing}/listeners/*/*.parquet') as listeners on listeners.user_id = plays.user_id;

create table in_year as select * from heard where year(heard_at) = {year};
create table tracks_heard as
select user_id, track_id, artist_id, sum(ms) as ms, count(*) as plays, count(*) filter (is_stream) as streams from in_year group by all;
create table artists_heard as
select user_id, artist_id, sum(ms) as ms, count(*) filter (is_stream) as streams, min(ts) filter (is_stream) as first_at from in_year group by all;
create table before as
select user_id, artist_id, sum(ms) as ms, min(ts) filter (is_stream) as first_at from heard where year(heard_at) < {year} group by all;
create table top_tracks as
select user_id, min({{'ms': -ms, 'streams': -streams, 'id': track_id, 'artist': artist_id}}, 5) as top from tracks_heard where streams > 0 group by all;
create table top_artists as
select user_id, min({{'ms': -ms, 'streams': -streams, 'id': artist_id}}, 5) as top from artists_heard where streams > 0 group by all;
create table months as
select user_id, month, sum(ms), sum(streams), min({{'ms': -ms, 'streams': -streams, 'id': artist_id}}) filter (streams > 0)
from (select user_id, month(heard_at) as month, artist_id, sum(ms) as ms, count(*) filter (is_stream) as streams from in_year group by all)
group by all;
create table hours as select user_id, hour(heard_at) as hour, sum(ms) from in_year group by all;
create table days as select user_id, cast(heard_at as date) as day, sum(ms) as ms, count(*) filter (is_stream) as streams from in_year group by all;
create table streaks as
select user_id, max(days), sum(days) as days, min(peak)
from (
    select user_id, run, count(*) as days, min({{'ms': -ms, 'day': day}}) as peak
    from (select *, day - cast(row_number() over (partition by user_id order by day) as integer) as run from days where streams > 0)
    group by all
)
group by all;
create table devotion as
select user_id, min({{'days': -days, 'began': began, 'id': artist_id}})
from (
    select user_id, artist_id, run, count(*) as days, min(day) as began
    from (
        select *, day - cast(row_number() over (partition by user_id, artist_id order by day) as integer) as run
        from (select distinct user_id, artist_id, cast(heard_at as date) as day from in_year where is_stream)
    )
    group by all
)
group by all;
create table discoveries as
select user_id, count(*) as new_artists, min({{'at': first_at, 'id': artist_id}}), min({{'ms': -ms, 'id': artist_id}})
from artists_heard anti join (select * from before where first_at is not null) as known using (user_id, artist_id)
where streams > 0 group by all;
create table last_year as select user_id, sum(ms) from before group by all;
create table places as
select user_id, artist_id, count(*) over (partition by artist_id order by ms desc) as place, count(*) over (partition by artist_id) as listeners
from artists_heard where streams > 0;
create table earlier as
select user_id, artist_id, count(*) over (partition by artist_id order by first_at) as place
from (
    select user_id, artist_id, min(first_at) as first_at
    from (select user_id, artist_id, first_at from before union all select user_id, artist_id, first_at from artists_heard)
    where first_at is not null group by all
);
"""

DIGEST = """
select count(*), sum(total_ms), sum(plays), sum(streams), sum(unique_tracks), sum(new_artists), sum(days)
from (
    select user_id, sum(ms) as total_ms, sum(plays) as plays, sum(streams) as streams, count(*) filter (streams > 0) as unique_tracks
    from tracks_heard group by all
)
left join discoveries using (user_id)
left join streaks using (user_id)
"""


def main(landing: str, year: str, folder: str) -> None:
    """Compute everything, and print a digest."""
    with tempfile.TemporaryDirectory(dir=folder) as place, duckdb.connect(f"{place}/floor.duckdb") as con:
        con.execute("set TimeZone = 'UTC'")
        con.execute("set preserve_insertion_order = false")
        for statement in STATEMENTS.format(landing=landing, year=year).split(";\n"):
            if statement.strip():
                con.execute(statement)
        digest = [int(number or 0) for number in con.execute(DIGEST).fetchall()[0]]
    print(json.dumps({**own_cost(), "digest": digest}))


if __name__ == "__main__":
    main(*sys.argv[1:])
