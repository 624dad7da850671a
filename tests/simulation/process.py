"""The process that works on the warehouse: the assets' functions, in the order of the graph, until somebody kills it.

A death leaves what there was at that very moment: DuckDB's files are copied before anything unwinds, and the next process opens
the copy; in ClickHouse what was answered is there.
"""

import atexit
import random
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import cast

from obstore.store import S3Store

from tests.pipeline import Pipeline
from tests.simulation.assets import run_asset
from tests.simulation.deaths import at_statements
from tests.simulation.faults import Faults, Killed
from tests.simulation.graph import Task
from tests.simulation.world import World
from wrapped_assets.assets.publishing import NothingToPublish
from wrapped_assets.editions.errors import NothingBefore, NotPublished, PublicationRefused
from wrapped_assets.landing.bucket import Bucket
from wrapped_assets.landing.store import AlreadyThere, LandingStore, LandingStoreError
from wrapped_assets.periods import Span
from wrapped_assets.resources.clickhouse import Limits
from wrapped_assets.resources.duckdb import DuckDBWarehouse, Engine
from wrapped_assets.resources.errors import (
    EditionNotWhole,
    LandingFilesGone,
    SnapshotNotReady,
    WarehouseMissing,
)
from wrapped_assets.resources.warehouse import Reader, Warehouse, Writer

ATTEMPTS = 3
# What people meet who ask too early, or while a file is renamed or rewritten; any other error is a defect.
EXPECTED = (
    # Two exports of one window as of the same second, and a correction in between.
    AlreadyThere,
    LandingFilesGone,
    WarehouseMissing,
    SnapshotNotReady,
    # After a kill in mid-swap, on ClickHouse.
    EditionNotWhole,
    NothingToPublish,
    NotPublished,
    NothingBefore,
)
# And where a request to a store has misbehaved: a listing that lacks objects makes a version look damaged too, or
# somebody else's promotion look undone.
OF_A_STORE = (LandingStoreError, PublicationRefused)


def store_of(world: World) -> LandingStore:
    """The real landing store on the simulated bucket."""
    store = LandingStore("s3://landing")
    store.__dict__["_place"] = Bucket(cast(S3Store, world.landing), None)
    return store


@dataclass(frozen=True)
class SmallEngine(Engine):
    """DuckDB checkpoints by itself at 16 MB of log, which no story reaches: here it does so early, and opening takes a tenth."""

    def config(self) -> dict[str, str | bool | int | float | list[str]]:
        """The settings in DuckDB's words."""
        return super().config() | {"checkpoint_threshold": "150KB"}


@dataclass
class Process:
    """Who runs the pipeline in a world, on one warehouse, through any number of deaths."""

    home: Path
    engine: str
    world: World
    secret: bytes
    frozen: dict[int, datetime] = field(default_factory=dict)
    deaths: int = 0
    # The secret was changed, and not everybody has an identity from the new one.
    owes_identities: bool = False
    _held: Writer | None = None
    _kept: ExitStack = field(default_factory=ExitStack)

    @property
    def warehouse(self) -> Warehouse:
        """The warehouse; opens nothing yet."""
        if self.engine == "duckdb":
            return DuckDBWarehouse(self.home / "warehouse" / "warehouse.duckdb", SmallEngine(threads=1))
        return replace(
            Pipeline(self.home / "warehouse", engine="clickhouse").clickhouse, limits=Limits(threads=1)
        )

    @property
    def is_born(self) -> bool:
        """Whether there is a warehouse."""
        return any((self.home / "warehouse").glob("warehouse.*"))

    @property
    def now(self) -> datetime:
        """The clock's time, with its zone."""
        return self.world.now.replace(tzinfo=UTC)

    @contextmanager
    def writing(self) -> Iterator[Writer]:
        """The warehouse open to write."""
        if self._held:
            yield self._held
            return
        with self.warehouse.writing() as writer:
            yield writer

    @contextmanager
    def reading(self) -> Iterator[Reader]:
        """The warehouse open to read; WarehouseMissing when nothing was ever written."""
        if self._held:
            yield self._held
            return
        with self.warehouse.reading(patience=0) as reader:
            yield reader

    def hold(self) -> None:
        """Keep open what real steps open each for itself: to open is dearer than most steps of a small world."""
        if self._held is None:
            self._held = self._kept.enter_context(self.warehouse.writing())

    def let_go(self) -> None:
        """Nobody has it open."""
        self._held = None
        self._kept.close()

    @contextmanager
    def suffering(self, faults: Faults, dice: random.Random) -> Iterator[None]:
        """What happens inside meets these faults. A death ends it, and leaves behind what was on the disk."""
        self.world.landing.faults = self.world.published.faults = faults
        self.world.landing.dice = self.world.published.dice = dice
        copy = self.home / "at-death"
        folder = self.home / "warehouse"

        def at_death() -> None:
            if self.engine == "duckdb" and folder.exists():
                shutil.copytree(folder, copy)

        faults.at_death = at_death
        try:
            with at_statements(faults, self.engine, self.home, dice):
                yield
        except Killed:
            self.deaths += 1
            self.let_go()
            if copy.exists():
                shutil.rmtree(folder)
                copy.rename(folder)
        finally:
            self.world.landing.faults = self.world.published.faults = Faults()

    def do(self, tasks: list[Task]) -> dict[str, str]:
        """One run: its steps one after the other. Returns what failed, by step."""
        failed: dict[str, str] = {}
        for task in tasks:
            self.do_next(task, failed)
        return failed

    def do_next(self, task: Task, failed: dict[str, str]) -> None:
        """One step of a run of which these steps failed; it is left out when it comes after one of them."""
        error = "left out" if failed.keys() & set(task.after) else self._tried(task)
        if error:
            failed[task.name] = error

    def _tried(self, task: Task) -> str:
        """Do a step, again when it failed; why it failed in the end."""
        error = ""
        for _ in range(ATTEMPTS):
            try:
                self.step(task)
            except EXPECTED as seen:
                return f"{type(seen).__name__}: {seen}"
            except LandingStoreError as seen:
                if not self.world.landing.faults.has_met_the_store:
                    raise
                error = f"{type(seen).__name__}: {seen}"
            else:
                return ""
        return error

    def step(self, task: Task) -> None:
        """What the asset of this step does."""
        run_asset(
            task,
            {
                "warehouse": self,
                "landing_store": SimpleNamespace(store=lambda: store_of(self.world)),
                "secret": SimpleNamespace(value=lambda: self.secret),
            },
        )


@cache
def empty_clickhouse() -> Path:
    """A home with a ClickHouse warehouse in which nothing was ever built, made once in this process."""
    home = Path(tempfile.mkdtemp(prefix="simulation-empty-"))
    atexit.register(shutil.rmtree, home)
    with Pipeline(home / "warehouse", engine="clickhouse").warehouse.writing():
        return home


def calendar(now: datetime) -> Span:
    """The days that have partitions where WRAPPED_FIRST_DAY is the first of 2024."""
    return Span(date(2024, 1, 1), now.date() + timedelta(days=1))
