"""What exists outside of the pipeline: a clock, regions with their own databases, and the bucket that files land in.

Everything that is ever written into the bucket is remembered by its bytes, so the truth about it can always be told.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from tests import worlds
from tests.landing_files import EVENT_TIME, FAMILIES, LandingFile, Row, content
from tests.simulation.bucket import Bucket, etag
from wrapped_assets.regions.database import Exported

# Times at which something begins or ends: years, ISO weeks, months, leap days, hours that clocks skip.
STARTS = ("2024-03-01T00:30:00", "2024-12-30T23:40:00", "2025-03-01T10:00:00", "2026-01-01T00:10:00")
SKEWS = (
    timedelta(0),
    timedelta(0),
    timedelta(minutes=7),
    -timedelta(hours=3),
    -timedelta(days=2),
    timedelta(days=1),
)
LATENESS = tuple(timedelta(minutes=minutes) for minutes in (3, 7, 11, 16, 22, 120, 1440))

SAME = ("region", "workspace_id", "pipe_id", "pipe_name", "datasource_id", "datasource_name")


@dataclass
class Region:
    """One region: a clock that may be wrong, and the rows in its database by family."""

    name: str
    skew: timedelta
    rows: dict[str, list[Row]]
    written: dict[str, LandingFile]

    @property
    def region(self) -> str:
        """Its name, as a `RegionalDatabase` has it."""
        return self.name

    def export(
        self, family: str, start: datetime, end: datetime, exported_at: datetime, folder: Path
    ) -> Iterator[Exported]:
        """The rows of [start, end) as they are now, day by day, as a `RegionalDatabase` writes them."""
        time, version = EVENT_TIME[family], exported_at.replace(tzinfo=None)
        first, last = start.replace(tzinfo=None), end.replace(tzinfo=None)
        found = [row | {"exported_at": version} for row in self.rows[family] if first <= row[time] < last]
        for day in sorted({row[time].date() for row in found}):
            rows = [row for row in found if row[time].date() == day]
            file = LandingFile(family, day.isoformat(), self.name, "export", rows)
            path = folder / f"{day}.parquet"
            path.write_bytes(remembered(self.written, file))
            yield Exported(day, [path], len(rows))

    def holds_rows(self, start: datetime, end: datetime) -> bool:
        """Not used: a story says itself when a region exports."""
        raise NotImplementedError

    def snapshot(self, dimension: str, exported_at: datetime, path: Path) -> int:
        """Not used: snapshots of names are written as files."""
        raise NotImplementedError


def remembered(written: dict[str, LandingFile], file: LandingFile) -> bytes:
    """The bytes of a file; what they say is kept by their etag."""
    bytes_of = content(file)
    written[etag(bytes_of)] = file
    return bytes_of


@dataclass
class World:
    """All of it, as one seed made it."""

    now: datetime
    instants: list[datetime]
    regions: list[Region]
    organizations: list[str]
    ids: list[str]
    landing: Bucket = field(default_factory=Bucket)
    published: Bucket = field(default_factory=Bucket)
    written: dict[str, LandingFile] = field(default_factory=dict)
    # Objects that were renamed or removed, to be restored.
    vanished: dict[str, bytes] = field(default_factory=dict)

    @classmethod
    def of(cls, seed: int) -> "World":
        """The seed's world before anything happens in it."""
        dice = random.Random(f"world {seed}")
        now = datetime.fromisoformat(dice.choice(STARTS))
        past = [at for text in worlds.EDGES if (at := datetime.fromisoformat(text)) < now - timedelta(days=2)]
        written: dict[str, LandingFile] = {}
        regions = [
            Region(name, dice.choice(SKEWS), {family: [] for family in FAMILIES}, written)
            for name in worlds.REGIONS[: dice.randint(1, 3)]
        ]
        world = cls(
            now,
            dice.sample(past, min(3, len(past))),
            regions,
            list(worlds.ORGANIZATIONS[: dice.randint(1, 4)]),
            list(worlds.IDS[: dice.randint(2, 6)]),
            written=written,
        )
        for region in regions:
            for family, row in (world.event(dice, region) for _ in range(dice.randint(2, 8))):
                region.rows[family].append(row)
        return world

    def instant(self, dice: random.Random) -> datetime:
        """When something happens: lately, or long ago."""
        if dice.random() < 0.7 or not self.instants:
            return self.now - dice.choice(LATENESS)
        return dice.choice(self.instants) + dice.choice(worlds.STEPS)

    def event(self, dice: random.Random, region: Region) -> tuple[str, Row]:
        """A new row of a region's database, and its family."""
        family = dice.choice(FAMILIES)
        build = worlds.BUILDERS[family]
        choices = worlds.Rolled(dice)
        row = build(choices, dice.choice(self.organizations), self.instant(dice), dice.choice(self.ids))
        return family, row | {"region": region.name} | (self.usual(dice, row) if dice.random() < 0.8 else {})

    def burst(self, dice: random.Random, region: Region) -> list[tuple[str, Row]]:
        """Several events of one thing, minutes apart."""
        family, first = self.event(dice, region)
        same = {name: first[name] for name in SAME if name in first}
        made = [(family, first)]
        for number in range(1, dice.randint(2, 4)):
            at = first[EVENT_TIME[family]] + timedelta(minutes=number)
            choices = worlds.Rolled(dice)
            row = worlds.BUILDERS[family](choices, first["organization_id"], at, dice.choice(self.ids))
            made.append((family, row | same))
        return made

    def usual(self, dice: random.Random, row: Row) -> Row:
        """What a row mostly says: few things have many events, so that hours and days have something to add up."""
        chosen: Row = {"organization_id": dice.choice((self.organizations[0], row["organization_id"]))}
        for id, name, ids in (
            ("pipe_id", "pipe_name", worlds.PIPES),
            ("datasource_id", "datasource_name", worlds.DATASOURCES),
        ):
            if id in row:
                place = dice.randrange(2)
                names = {"workspace_id": worlds.WORKSPACES[place], name: worlds.NAMES[place]}
                chosen |= {id: ids[place], **names}
        return chosen

    def write(self, file: LandingFile) -> None:
        """A writer puts a file into the bucket, or in the place of one."""
        self.landing.set(file.key, remembered(self.written, file))

    def present(self) -> list[LandingFile]:
        """What lies in the bucket, as whoever wrote it meant it."""
        return [placed(key, self.written[etag(held)]) for key, held in sorted(self.landing.objects.items())]

    def keys(self, *sources: str) -> list[str]:
        """The keys that lie in the bucket, of some families or of all."""
        return [key for key in sorted(self.landing.objects) if not sources or key.split("/")[0] in sources]


def placed(key: str, file: LandingFile) -> LandingFile:
    """The same file under this key."""
    parts = key.split("/")
    day = parts[1].removeprefix("dt=") if parts[1].startswith("dt=") else ""
    region = next(part for part in parts if part.startswith("region=")).removeprefix("region=")
    return replace(file, family=parts[0], day=day, region=region, name=parts[-1].removesuffix(".parquet"))
