"""Runs the synthetic SQL: a connection that holds a world's tables and makes its events batch by batch."""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from queue import SimpleQueue
from typing import Any, TypeVar

import duckdb
import pyarrow as pa

from wrapped_assets import queries
from wrapped_assets.products.usage.synthetic import vocabulary
from wrapped_assets.products.usage.synthetic.world import Chunk, World

Report = Callable[[str, int, int], None]
Result = TypeVar("Result")

_MACROS = (
    *("dice", "roll", "fraction", "bell", "pick", "nth", "uuid_text", "t_text"),
    *("company_name", "rename_day", "busy_hour"),
)
_SLOTS = {"pipe_stats": "pipe_slots", "ingestion": "data_source_slots"}


def silent(label: str, done: int, total: int) -> None:
    """The report that tells nobody."""


class Generator:
    """A world in a DuckDB connection. `batch` fills a temp table of that name, which others read."""

    def __init__(self, world: World, connection: duckdb.DuckDBPyConnection) -> None:
        self.world = world
        self._connection = connection
        self._months: dict[str, date] = {}
        # One thread: the chunks run side by side, and rows keep their order.
        connection.execute("set threads = 1")
        connection.execute("set variable seed = $seed", {"seed": world.seed})
        connection.execute("set variable first_day = $first_day", {"first_day": world.start})
        for name in _MACROS:
            self.run(name)
        self._build_world()

    def run(self, name: str, **parameters: object) -> list[tuple[Any, ...]]:
        """The rows that `sql/duckdb/synthetic/<name>.sql` answers with, its parameters bound."""
        return self._connection.execute(queries.text(f"duckdb/synthetic/{name}"), parameters).fetchall()

    def table(self, name: str, **parameters: object) -> pa.Table:
        """The same rows as an Arrow table."""
        statement = queries.text(f"duckdb/synthetic/{name}")
        return self._connection.sql(statement, params=parameters or None).to_arrow_table()

    def batch(self, family: str, chunk: Chunk, region: str | None = None) -> None:
        """Make the chunk's events of a family, of one region or of all, as they finally are."""
        extra: dict[str, object] = {}
        if family in _SLOTS:
            if self._months.get(family) != chunk.month:
                self.run(_SLOTS[family], month=chunk.month, slots=self._slots)
                self._months[family] = chunk.month
            extra["slots"] = self._slots
        self.run(family, from_day=chunk.start, to_day=chunk.end, region=region, **extra)

    def carriers(self, family: str, chunk: Chunk) -> None:
        """Decide which objects carry the chunk's events into landing."""
        self.run(
            "carriers",
            family=family,
            from_day=chunk.start,
            to_day=chunk.end,
            first_day=self.world.start,
            last_day=self.world.last,
        )

    @property
    def _slots(self) -> int:
        """Enough that a small customer's pipes still get some, few enough to stay in the cache."""
        return 65_536 if self.world.organizations <= 500 else 262_144

    def _build_world(self) -> None:
        world, rows = self.world, self.world.rows
        period = {"first_day": world.start, "last_day": world.last}
        names = {"stems": list(vocabulary.STEMS), "endings": list(vocabulary.ENDINGS)}
        labels, offsets = zip(*((label, offset) for _, label, offset in vocabulary.REGIONS), strict=True)
        self.run(
            "days",
            **period,
            requests=rows["pipe_stats"],
            operations=rows["ingestion"],
            readings=rows["storage"],
        )
        self.run(
            "regions",
            names=list(world.region_names),
            labels=list(labels[: world.regions]),
            utc_offsets=list(offsets[: world.regions]),
        )
        self.run(
            "customers",
            **names,
            flagships=list(vocabulary.FLAGSHIPS),
            customers=world.customers,
            regions=world.regions,
        )
        self.run(
            "organizations",
            **period,
            **names,
            customers=world.customers,
            organizations=world.organizations,
            independents=world.independents,
            regions=world.regions,
        )
        self.run(
            "workspaces",
            **period,
            workspace_names=list(vocabulary.WORKSPACES),
            new_workspace_names=list(vocabulary.NEW_WORKSPACES),
        )
        self.run("pipes", **period, pipe_names=list(vocabulary.PIPES))
        self.run("data_sources", **period, data_source_names=list(vocabulary.DATA_SOURCES))
        self.run("user_agents", user_agents=list(vocabulary.USER_AGENTS))
        self.run("windows")


@contextmanager
def generators(world: World, spill: Path | None = None) -> Iterator["SimpleQueue[Generator]"]:
    """One in-memory generator for each of a few threads, to be taken, used and put back."""
    free: SimpleQueue[Generator] = SimpleQueue()
    connections = [duckdb.connect(":memory:") for _ in range(min(4, os.cpu_count() or 1))]
    try:
        for connection in connections:
            connection.execute("set memory_limit = '1GB'")
            if spill is not None:
                connection.execute("set temp_directory = $spill", {"spill": str(spill)})
            free.put(Generator(world, connection))
        yield free
    finally:
        for connection in connections:
            connection.close()


def each_chunk(
    world: World,
    work: Callable[[Generator, Chunk], Result],
    label: str,
    report: Report,
    spill: Path | None = None,
) -> list[Result]:
    """What `work` makes of every chunk, in the order of the chunks; the chunks run side by side."""
    chunks = list(world.chunks())
    total, done = sum(chunk.events for chunk in chunks), 0
    report(label, 0, total)
    with generators(world, spill) as free, ThreadPoolExecutor(free.qsize()) as pool:

        def run(chunk: Chunk) -> Result:
            generator = free.get()
            try:
                return work(generator, chunk)
            finally:
                free.put(generator)

        futures = {pool.submit(run, chunk): chunk for chunk in chunks}
        try:
            for future in as_completed(futures):
                future.result()
                done += futures[future].events
                report(label, done, total)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
        return [future.result() for future in futures]
