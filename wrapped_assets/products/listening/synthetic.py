"""Synthetic listeners: a catalog, two years of plays with everything that goes wrong in them, and what is true of it all.

The statements are in `sql/products/listening/synthetic/`. A month at a time, so memory does not grow with the years.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from wrapped_assets import queries
from wrapped_assets.progress import Progress

_SNAPSHOTS = {
    "artists": "select artist_id, name, genre, cast(null as varchar) as image_url from artists",
    "tracks": (
        "select track_id, title, artist_id, cast(duration_ms as ubigint) as duration_ms"
        " from tracks join artists using (artist)"
    ),
    # One circle, of ids that nobody plays.
    "track_aliases": (
        "select track_id, canonical_track_id from aliases"
        " union all values ('circle-a', 'circle-b'), ('circle-b', 'circle-a')"
    ),
    "genres": "select genre, parent from genres",
    "listeners": "select user_id, time_zone, cast(opted_out as utinyint) as opted_out from listeners",
}


@dataclass(frozen=True)
class World:
    """A world of listeners; the same numbers give the same one. A quarter as many artists as tracks are heard by few."""

    year: int = 2025
    seed: int = 1
    listeners: int = 2_500
    median_plays: int = 60
    tracks: int = 4_000
    artists: int = 400


@dataclass(frozen=True)
class Truth:
    """What must come out: plays, streams and milliseconds of the year, of all and by user_id, and the rows that landed."""

    landed: int
    plays: int
    streams: int
    ms: int
    listeners: Mapping[str, tuple[int, int, int]]


def write(world: World, landing: Path, since: date, progress: Progress) -> Truth:
    """Write two years of landing files, from the day `since` on, and the catalog's snapshots; what is true of the second year."""
    with duckdb.connect() as con:
        con.execute("set TimeZone = 'UTC'")
        con.execute("set enable_progress_bar = false")
        con.execute("set preserve_insertion_order = false")
        for name in ("year", "seed", "listeners", "median_plays", "tracks", "artists"):
            con.execute(f"set variable {name} = {getattr(world, name)}")
        con.execute(f"set variable since = date '{since}'")
        con.execute(queries.text("products/listening/synthetic/catalog"))
        for dimension, query in _SNAPSHOTS.items():
            folder = landing / dimension / "region=eu"
            folder.mkdir(parents=True, exist_ok=True)
            said = f"select *, timestamp '{world.year}-01-01' as exported_at from ({query})"
            con.execute(f"copy ({said}) to '{folder / 'catalog.parquet'}'")
        landed = 0
        every = (date(year, month, 1) for year in (world.year - 1, world.year) for month in range(1, 13))
        months = [month for month in every if month >= since.replace(day=1)]
        for done, month in enumerate(months):
            progress("synthetic listeners", done, len(months))
            con.execute(f"set variable month = date '{month}'")
            con.execute(queries.text("products/listening/synthetic/month"))
            landed += con.execute("select count(*) from exported").fetchall()[0][0]
            con.execute(
                f"copy (select * from exported order by ts) to '{landing / 'plays'}' (format parquet, partition_by (dt, region),"
                f" write_partition_columns true, overwrite_or_ignore true, filename_pattern 'plays-{month:%Y-%m}-{{i}}')"
            )
        progress("synthetic listeners", len(months), len(months))
        return _truth(con, landed)


def _truth(con: duckdb.DuckDBPyConnection, landed: int) -> Truth:
    rows = con.execute("select user_id, sum(plays), sum(streams), sum(ms) from truth group by all").fetchall()
    by_user = {user: (int(plays), int(streams), int(ms)) for user, plays, streams, ms in rows}
    plays, streams, ms = (sum(found[place] for found in by_user.values()) for place in range(3))
    return Truth(landed, plays, streams, ms, by_user)
