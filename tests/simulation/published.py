"""Steps of who publishes and of who serves, and what must always hold of what was published."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from unittest.mock import patch

from tests.pipeline import say_nothing
from tests.published_editions import read_all
from tests.simulation.bucket import Bucket
from tests.simulation.operators import some_year
from tests.simulation.process import Process, store_of
from wrapped_assets.assets.publishing import edition_of
from wrapped_assets.editions import Published, Publisher
from wrapped_assets.editions.store import Store
from wrapped_assets.landing import s3
from wrapped_assets.serving.live.live import Live
from wrapped_assets.snapshot.from_warehouse import write_snapshot


def published_store(bucket: Bucket) -> Store:
    """The real published store on the simulated bucket."""
    with patch.object(s3, "open_bucket", return_value=bucket):
        return Store("s3://published")


@dataclass
class Publications:
    """Every version that was ever completed, byte by byte, and an open process that serves."""

    process: Process
    versions: dict[str, dict[str, bytes]] = field(default_factory=dict)
    live: Live | None = None
    live_secret: bytes = b""
    snapshot: Path | None = None
    snapshots: int = 0

    def publisher(self) -> Publisher:
        """Who publishes into the bucket."""
        store = published_store(self.process.world.published)
        return Publisher(store, now=lambda: self.process.now, progress=say_nothing)

    def publish(self, year: int) -> int:
        """Make a version; raises what stands in its way."""
        with self.process.reading() as reader:
            return self.publisher().publish(edition_of(reader, year, False, list)).manifest.number

    def changed(self) -> Mapping[str, list[str]]:
        """The complete versions whose bytes are not what they were: which objects. Remembers new ones."""
        now = self._complete()
        wrong = {}
        for version, before in self.versions.items():
            after = now.get(version, {})
            keys = sorted(key for key in before.keys() | after.keys() if before.get(key) != after.get(key))
            if keys:
                wrong[version] = keys
        self.versions = {**now, **self.versions}
        return wrong

    def _complete(self) -> dict[str, dict[str, bytes]]:
        objects = self.process.world.published.objects
        folders = {key.removesuffix("/complete") for key in objects if key.endswith("/complete")}
        return {
            folder: {key: held for key, held in objects.items() if key.startswith(f"{folder}/")}
            for folder in sorted(folders)
        }

    def current(self, year: int) -> tuple[int, dict[str, bytes]] | None:
        """What a reader who comes now finds: the version's number, and every document under the name of its own bytes."""
        version = Published(published_store(self.process.world.published)).current(year)
        return None if version is None else (version.manifest.number, read_all(version))

    def serve(self, year: int, folder: Path) -> str:
        """Take a snapshot and answer from it, in place of what served before."""
        self.retire()
        if self.process.owes_identities:
            return "not before everybody's identity is made again"
        self.snapshots += 1
        path = folder / f"serving-{self.snapshots}.duckdb"
        with self.process.reading() as reader:
            write_snapshot(reader, path, year)
        self.snapshot, self.live_secret = path, self.process.secret
        self.serve_again()
        return f"{year}"

    def serve_again(self) -> None:
        """A process that serves begins anew on the snapshot it had, if there was one."""
        self.stop()
        if self.snapshot:
            self.live = Live.open(self.snapshot, store_of(self.process.world), self.live_secret)

    def retire(self) -> None:
        """Nobody serves, and the snapshot is not to be used again."""
        self.stop()
        self.snapshot = None

    def stop(self) -> None:
        """Nobody serves at the moment."""
        if self.live:
            self.live.close()
        self.live = None


def an_edition_is_published(publications: Publications, dice: random.Random) -> str:
    """Another version of a year, if the warehouse is ready."""
    year = some_year(publications.process, dice)
    return f"{year} v{publications.publish(year)}"


def a_version_is_promoted(publications: Publications, dice: random.Random) -> str:
    """The newest version becomes current."""
    year = some_year(publications.process, dice)
    return f"{year} v{publications.publisher().promote(year).number}"


def a_promotion_is_rolled_back(publications: Publications, dice: random.Random) -> str:
    """The version before becomes current again."""
    year = some_year(publications.process, dice)
    return f"{year} v{publications.publisher().rollback(year).number}"


def serving_starts(publications: Publications, dice: random.Random) -> str:
    """A process begins to serve a year from a new snapshot."""
    return publications.serve(some_year(publications.process, dice), publications.process.home)


def serving_follows(publications: Publications, dice: random.Random) -> str:
    """It looks for what landed since."""
    if publications.live is None:
        return "nobody serves"
    report = publications.live.follow()
    if report.failure:
        raise report.failure
    return f"{report.taken} files, {report.hours} hours, {len(report.held)} held, {len(report.unread)} unread"
