"""Runs the synthetic SQL: a connection that holds a world's tables and makes its events batch by batch."""

import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import duckdb
import pyarrow as pa

from wrapped_assets import queries
from wrapped_assets.families import Family
from wrapped_assets.periods import Span
from wrapped_assets.products.usage.families import SOURCES
from wrapped_assets.products.usage.synthetic.world import World
from wrapped_assets.progress import Progress

Result = TypeVar("Result")


class Generator:
    """A world in a DuckDB connection of its own."""

    def __init__(self, world: World, spill: Path | None = None) -> None:
        self.connection = duckdb.connect(":memory:")
        # One thread: the chunks run side by side, and rows keep their order.
        self.connection.execute("set threads = 1; set memory_limit = '1GB'")
        if spill is not None:
            self.connection.execute("set temp_directory = $spill", {"spill": str(spill)})
        self._month: date | None = None
        self._set(**world.variables())
        for step in ("macros", "calendar", "companies"):
            self.run(step)

    def run(self, step: str, **names: str) -> None:
        """Execute the statements of `sql/products/usage/synthetic/<step>.sql`, with these names in them."""
        self.connection.execute(step_text(step).format(**names) if names else step_text(step))

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        """The rows of a query."""
        return self.connection.execute(statement).fetchall()

    def table(self, statement: str) -> pa.Table:
        """The same as an Arrow table."""
        return self.connection.sql(statement).to_arrow_table()

    def batch(self, family: Family, chunk: Span) -> None:
        """Make `batch`, the chunk's events of a family as they finally are, and the views over it."""
        self._set(family=family.name, from_day=chunk.start, to_day=chunk.end)
        if self._month != chunk.start.replace(day=1):
            self._month = chunk.start.replace(day=1)
            self._set(month=self._month)
            self.run("slots")
        self.run(family.name)

    def exports(self, family: Family, chunk: Span, carriers: str = "", **variables: object) -> None:
        """Make `exports`, the same events as they land: by these statements that make `carriers`, or the usual ones."""
        self.batch(family, chunk)
        self._set(**variables)
        self.connection.execute(carriers or step_text("carriers"))
        columns = column_list(family.name)
        self.run("exports", family=family.name, columns=columns, event_time=family.event_time)

    def _set(self, **variables: object) -> None:
        for name, value in variables.items():
            self.connection.execute(f"set variable {name} = $value", {"value": value})


def step_text(step: str) -> str:
    """`sql/products/usage/synthetic/<step>.sql`."""
    return queries.text(f"products/usage/synthetic/{step}")


def column_list(source: str, *left_out: str) -> str:
    """The columns of a family or dimension for a select, as they land but for those left out."""
    return ", ".join(f'"{c.name}"' for c in SOURCES[source].columns if c.name not in left_out)


def each_chunk(
    world: World,
    work: Callable[[Generator, Span], Result],
    label: str,
    report: Progress,
    spill: Path | None = None,
) -> list[Result]:
    """What `work` makes of every chunk, in the order of the chunks; some run side by side."""
    chunks, own, results = list(world.chunks()), threading.local(), []
    total = (world.end - world.start).days
    report(label, 0, total)

    def run(chunk: Span) -> Result:
        if not hasattr(own, "generator"):
            own.generator = Generator(world, spill)
        return work(own.generator, chunk)

    pool = ThreadPoolExecutor(min(4, os.cpu_count() or 1))
    try:
        for chunk, result in zip(chunks, pool.map(run, chunks), strict=True):
            results.append(result)
            report(label, (chunk.end - world.start).days, total)
    finally:
        pool.shutdown(cancel_futures=True)
    return results
