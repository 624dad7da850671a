"""Small worlds of plays and catalogs: landed, computed into documents by the pipeline, and compared with `tests/listening_oracle.py`."""

import json
import random
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa  # type: ignore[import-untyped, unused-ignore]
import pyarrow.parquet as pq  # type: ignore[import-untyped, unused-ignore]

from tests import listening_oracle
from tests.pipeline import SECRET, Pipeline, say_nothing
from wrapped_assets.assets.importing import fetching, import_days, import_dimension
from wrapped_assets.bucketed.edition_database import EditionDatabase
from wrapped_assets.periods import Span
from wrapped_assets.products.listening import LISTENING
from wrapped_assets.products.listening.families import DIMENSIONS, PLAYS
from wrapped_assets.resources.duckdb.connection import Engine, connect
from wrapped_assets.resources.identity import wrapped_id

Row = dict[str, Any]
Days = tuple[tuple[int, int], tuple[int, int]]
WHOLE: Days = ((1, 1), (12, 31))
NEVER = datetime(9999, 1, 1, tzinfo=UTC)
ALWAYS = Span(date(2019, 1, 1), date(2027, 6, 1))
ZONES = (
    "UTC",
    "Europe/Madrid",
    "America/New_York",
    "Pacific/Kiritimati",
    "Pacific/Pago_Pago",
    "Asia/Kolkata",
    "Mars/Olympus",
)
KINDS = {
    "instant": pa.timestamp("us", tz="UTC"),
    "text": pa.string(),
    "counter": pa.uint64(),
    "flag": pa.uint8(),
}


def play(user: str, track: str, at: str, ms: int = 60_000, **more: Any) -> Row:
    """A play; `exported_at` is a day later unless it is given."""
    ts = datetime.fromisoformat(at).replace(tzinfo=UTC)
    row: Row = {
        "user_id": user,
        "track_id": track,
        "ts": ts,
        "ms_played": ms,
        "artist_id": f"artist of {track}",
    }
    row |= {"region": "eu", "exported_at": ts + timedelta(days=1)}
    return row | more


@dataclass
class Landed:
    """What landed: plays, and the snapshots of each dimension with the region of their folder."""

    plays: list[Row] = field(default_factory=list)
    snapshots: dict[str, list[Row]] = field(default_factory=lambda: {name: [] for name in DIMENSIONS})


@dataclass
class World:
    """A pipeline that plays land in, and the editions that are computed from it."""

    pipeline: Pipeline
    floor: int = 3
    buckets: int = 4
    window: Days = WHOLE
    landed: Landed = field(default_factory=Landed)
    files: int = 0

    def land(self, *plays: Row) -> None:
        """One file of plays for each day that they happened on."""
        self.landed.plays += plays
        for day in sorted({row["ts"].date() for row in plays}):
            self._write(
                PLAYS.columns, [row for row in plays if row["ts"].date() == day], f"plays/dt={day}/region=eu"
            )

    def name(self, dimension: str, *rows: Row, region: str = "eu", exported_at: str = "2025-01-01") -> None:
        """A snapshot of a dimension."""
        at = datetime.fromisoformat(exported_at).replace(tzinfo=UTC)
        named = [{"exported_at": at, **row} for row in rows]
        self.landed.snapshots[dimension] += [{**row, "region": region} for row in named]
        self._write(DIMENSIONS[dimension].columns, named, f"{dimension}/region={region}")

    def _write(self, columns: Iterable[Any], rows: Sequence[Row], folder: str) -> None:
        self.files += 1
        path = self.pipeline.landing / folder / f"{self.files:05}.parquet"
        path.parent.mkdir(parents=True, exist_ok=True)
        arrays = {c.name: pa.array([row.get(c.name) for row in rows], KINDS[c.kind]) for c in columns}
        pq.write_table(pa.table(arrays), path)

    def follow(self) -> None:
        """Import what landed, merge it, and bring the dimensions up to date."""
        with self.pipeline.open() as run:
            now = datetime(2026, 6, 1, tzinfo=UTC)
            import_days(run.writer, run.store, "plays", ALWAYS, now, say_nothing)
            run.writer.refresh_raw("plays", ALWAYS, fetching(run.store), False, say_nothing)
            for name in DIMENSIONS:
                import_dimension(run.writer, run.store, name, now)
                run.writer.refresh_dimension(name, fetching(run.store), False, say_nothing)

    def path(self, year: int) -> Path:
        """The file of an edition."""
        return self.pipeline.home / f"{self.pipeline.name}-listening-{year}.duckdb"

    def edition(self, con: Any, year: int, freeze_at: datetime = NEVER) -> EditionDatabase:
        """The edition, open in a connection."""
        window = LISTENING.window(year, self.window)

        def public_id(user: str) -> str:
            return wrapped_id(SECRET, f"listening\0{user}")

        return EditionDatabase(con, LISTENING, window, self.buckets, freeze_at, public_id, self.floor)

    def compute(
        self, year: int, full: bool = False, again: bool = False, now: datetime = NEVER - timedelta(1)
    ) -> int:
        """Bring an edition up to date with what was followed; how many listeners changed."""
        with self.pipeline.warehouse.reading() as reader:
            versions, people = reader.raw_versions("plays"), reader.snapshot_version("listeners")
            with reader.beside(self.path(year)) as beside:
                edition = self.edition(beside.con, year)
                edition.pin(beside, again)
                subjects = edition.follow(beside, versions, people, now, full, say_nothing).subjects
        with connect(self.path(year), Engine(threads=2), read_only=False) as con:
            edition = self.edition(con, year)
            for step in LISTENING.steps:
                edition.compute(step, range(self.buckets), say_nothing)
            assert not edition.is_stale(versions, people)
        return subjects

    def documents(self, year: int) -> dict[str, Row]:
        """What is published, by user_id."""
        with connect(self.path(year), Engine(threads=2), read_only=True) as con:
            found = con.execute(
                "select user_id, document from documents join listeners using (listener)"
            ).fetchall()
        return {user: json.loads(document) for user, document in found}

    def texts(self, year: int) -> list[str]:
        """The same, byte for byte."""
        with connect(self.path(year), Engine(threads=2), read_only=True) as con:
            return [text for (text,) in con.execute("select document from documents").fetchall()]

    def ask(self, year: int, question: str) -> list[tuple[Any, ...]]:
        """What an edition's file holds."""
        with connect(self.path(year), Engine(threads=2), read_only=True) as con:
            return con.execute(question).fetchall()

    def totals(self, year: int) -> dict[str, tuple[int, int, int]]:
        """Plays, streams and milliseconds of each listener."""
        with connect(self.path(year), Engine(threads=2), read_only=True) as con:
            return self.edition(con, year).totals()

    def late(self, year: int) -> int:
        """How many plays a frozen edition leaves out."""
        with self.pipeline.warehouse.reading() as reader:
            versions, people = reader.raw_versions("plays"), reader.snapshot_version("listeners")
            with reader.beside(self.path(year)) as beside:
                edition = self.edition(beside.con, year)
                return edition.follow(beside, versions, people, NEVER, False, say_nothing).late_events

    @contextmanager
    def damaged(self, year: int, statement: str) -> Iterator[None]:
        """With an edition that something was done to, for a while."""
        path, sound = self.path(year), self.path(year).with_suffix(".sound")
        with connect(path, Engine(threads=2), read_only=False) as con:
            con.execute("checkpoint")
        shutil.copy(path, sound)
        with connect(path, Engine(threads=2), read_only=False) as con:
            con.execute(statement)
        yield
        path.with_name(f"{path.name}.wal").unlink(missing_ok=True)
        shutil.move(sound, path)

    def build(self, year: int) -> dict[str, Row]:
        """Everything, and what is published."""
        self.follow()
        self.compute(year)
        return self.documents(year)

    def violations(self, year: int, *names: str) -> dict[str, int]:
        """How many rows break each rule that is broken."""
        with self.pipeline.warehouse.reading() as reader, reader.beside(self.path(year)) as beside:
            edition = self.edition(beside.con, year)
            found = {
                check.name: edition.violations(beside, check).count
                for check in LISTENING.checks
                if not names or check.name in names
            }
        return {name: count for name, count in found.items() if count}


def random_world(dice: random.Random, world: World, plays: int = 120) -> None:
    """Plays of a few listeners around every edge there is, and a catalog with aliases, circles, unknown lengths and names."""
    users = [f"user-{number}" for number in range(dice.randint(1, 9))]
    tracks = [f"track-{number}" for number in range(dice.randint(1, 8))]
    artists = [f"artist-{number}" for number in range(dice.randint(1, 5))]
    rows = []
    for _ in range(dice.randint(0, plays)):
        user, track = dice.choice(users), dice.choice(tracks)
        ms = dice.choice([0, 1, 10_000, 19_999, 20_000, 29_999, 30_000, 60_000, 60_000, 200_000, 2**63])
        row = play(user, track, instant(dice).isoformat(), ms, artist_id=dice.choice(artists))
        rows.append(row)
        if not dice.randrange(5):
            again = dict(row)
            if dice.randrange(2):
                again["ms_played"] = dice.choice([0, 30_000, 90_000])
            again["exported_at"] += timedelta(days=dice.randrange(3))
            rows.append(again)
    for file in _split(dice, rows):
        world.land(*file)
    _name(dice, world, users, tracks, artists)


def instant(dice: random.Random) -> datetime:
    """In the year or around it, often at an edge of a day, a month, a year or of daylight saving."""
    edges = [
        datetime(2024, 1, 1),
        datetime(2024, 2, 29, 12),
        datetime(2024, 12, 31, 10),
        datetime(2025, 1, 1),
        datetime(2025, 3, 9, 7),
        datetime(2025, 3, 30, 1),
        datetime(2025, 10, 26, 1),
        datetime(2025, 11, 16),
        datetime(2025, 12, 31, 10),
        datetime(2026, 1, 1),
        *(datetime(2025, month, 1) for month in range(1, 13)),
    ]
    if dice.randrange(2):
        return dice.choice(edges) + timedelta(milliseconds=dice.choice([-1, 0, 1, -3_600_000, 7_200_000]))
    first = dice.choice(
        [datetime(2023, 6, 1), datetime(2025, 1, 1), datetime(2025, 6, 1), datetime(2025, 6, 1)]
    )
    return first + timedelta(days=dice.randrange(6), hours=dice.randrange(24))


def _name(dice: random.Random, world: World, users: list[str], tracks: list[str], artists: list[str]) -> None:
    for region, at in (("eu", "2025-01-01"), ("us", dice.choice(["2024-12-31", "2025-01-01", "2025-01-02"]))):
        named = [
            {
                "artist_id": artist,
                "name": dice.choice([f"The {artist}", None]),
                "genre": dice.choice(["rock", "punk", None]),
            }
            for artist in artists
            if dice.randrange(4)
        ]
        lengths = [None, 0, 20_000, 25_000, 180_000]
        known = [
            {
                "track_id": track,
                "title": dice.choice([f"A {track}", None]),
                "artist_id": dice.choice([*artists, "artist nobody knows"]),
                "duration_ms": dice.choice(lengths),
            }
            for track in tracks
            if dice.randrange(4)
        ]
        aliases = [
            {"track_id": track, "canonical_track_id": dice.choice([*tracks, "track elsewhere"])}
            for track in tracks
            if not dice.randrange(3)
        ]
        people = [
            {
                "user_id": user,
                "time_zone": dice.choice([*ZONES, None]),
                "opted_out": dice.choice([None, 0, 0, 0, 1]),
            }
            for user in users
            if dice.randrange(3)
        ]
        genres = [
            {"genre": "punk", "parent": "rock"},
            {"genre": "rock", "parent": dice.choice([None, "music"])},
        ]
        for name, rows in (
            ("artists", named),
            ("tracks", known),
            ("track_aliases", aliases),
            ("genres", genres),
            ("listeners", people),
        ):
            if rows:
                world.name(name, *rows, region=region, exported_at=at)


def _split(dice: random.Random, rows: list[Row]) -> list[list[Row]]:
    """The rows in any order, in one to four files."""
    dice.shuffle(rows)
    files: list[list[Row]] = [[] for _ in range(dice.randint(1, 4))]
    for row in rows:
        dice.choice(files).append(row)
    return [file for file in files if file]


def expected(world: World, year: int) -> dict[str, Row]:
    """What the oracle says of all that landed."""
    named = world.landed.snapshots
    return listening_oracle.documents(
        world.landed.plays,
        named["artists"],
        named["tracks"],
        named["track_aliases"],
        named["genres"],
        named["listeners"],
        year,
        world.window,
        world.floor,
    )


def comparable(document: Row) -> Row:
    """A document as the oracle writes it: without the words."""
    told = {
        name: value
        for name, value in document.items()
        if name not in ("schema_version", "shareable_card_urls")
    }
    if told["personality"]:
        axes = told["personality"]["axes"]
        told["personality"] = {"axes": {name: round(share * 1000) for name, share in axes.items()}}
    told["global_rank_blurbs"] = [
        {name: value for name, value in blurb.items() if name != "text"}
        for blurb in told["global_rank_blurbs"]
    ]
    return told
