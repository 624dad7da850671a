"""The Warehouse contract on DuckDB: one file, one writer, landing read where it lies."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import wraps
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

import duckdb

from wrapped_assets.periods import LEVELS, Span
from wrapped_assets.products import DIMENSIONS, FAMILIES
from wrapped_assets.progress import Progress
from wrapped_assets.resources.duckdb import (
    beside,
    checking,
    dimensions,
    landing,
    raw,
    rollups,
    schema,
    status,
    summaries,
)
from wrapped_assets.resources.duckdb.connection import Engine, connect
from wrapped_assets.resources.duckdb.creation import create
from wrapped_assets.resources.warehouse import Fetch, RefreshReport

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True)
class DuckDBWarehouse:
    """A warehouse in one DuckDB file."""

    path: Path
    engine: Engine = field(default_factory=Engine)

    @contextmanager
    def reading(self, patience: float = 10.0) -> Iterator["DuckDBReader"]:
        """Open the file to read, beside other readers."""
        with connect(self.path, self.engine, read_only=True, patience=patience) as con:
            schema.require(con, self.path)
            yield DuckDBReader(con)

    @contextmanager
    def unchanging(self, patience: float = 60.0) -> Iterator["DuckDBReader"]:
        """The same: while anyone reads the file, nobody writes it."""
        with self.reading(patience) as reader:
            yield reader

    @contextmanager
    def writing(self) -> Iterator["DuckDBWriter"]:
        """Open the file alone, creating it and its tables when they are not there."""
        create(self.path, self.engine)
        with connect(self.path, self.engine, read_only=False) as con:
            schema.prepare(con, self.path)
            yield DuckDBWriter(con)


def _asking(
    function: Callable[Concatenate[duckdb.DuckDBPyConnection, P], T],
) -> Callable[Concatenate["DuckDBReader", P], T]:
    """The method that hands its connection to a function of a module here."""

    @wraps(function)
    def method(self: "DuckDBReader", /, *args: P.args, **kwargs: P.kwargs) -> T:
        return function(self.con, *args, **kwargs)

    return method


@dataclass(frozen=True)
class DuckDBReader:
    """What can be asked of an open warehouse; `warehouse.Reader` says what each method promises."""

    con: duckdb.DuckDBPyConnection

    known = _asking(landing.known)
    pending = _asking(status.pending)
    violations = _asking(checking.violations)
    differences = _asking(checking.differences)
    quarantine = _asking(status.quarantine)
    landing_totals = _asking(status.landing_totals)
    facts = _asking(summaries.facts)
    left_out = _asking(summaries.left_out)
    requests_by_month = _asking(summaries.requests_by_month)
    edition = _asking(summaries.edition)
    editions = _asking(summaries.editions)
    recipients = _asking(summaries.recipients)
    customers = _asking(status.customers)
    identities = _asking(status.identities)
    owner = _asking(status.owner)
    raw_versions = _asking(beside.raw_versions)
    snapshot_version = _asking(beside.snapshot_version)
    beside = _asking(beside.beside)

    def row_counts(self, layer: str, family: str, span: Span) -> dict[date, int]:
        if layer == "landing":
            return raw.landed_counts(self.con, FAMILIES[family], span)
        if layer == "raw":
            return raw.row_counts(self.con, FAMILIES[family], span)
        return rollups.row_counts(self.con, LEVELS[layer], FAMILIES[family], span)


@dataclass(frozen=True)
class DuckDBWriter(DuckDBReader):
    """What the one writer can do; `warehouse.Writer` says what each method promises."""

    take = _asking(landing.take)
    refresh_identities = _asking(dimensions.refresh_identities)
    refresh_summaries = _asking(summaries.refresh)

    def refresh_raw(
        self, family: str, span: Span, fetch: Fetch, full: bool, progress: Progress
    ) -> RefreshReport:
        return raw.refresh(self.con, FAMILIES[family], span, fetch, full, progress)

    def refresh_rollup(
        self, level: str, family: str, span: Span, full: bool, progress: Progress
    ) -> RefreshReport:
        return rollups.refresh(self.con, LEVELS[level], FAMILIES[family], span, full, progress)

    def refresh_dimension(self, name: str, fetch: Fetch, full: bool, progress: Progress) -> int:
        return dimensions.refresh(self.con, DIMENSIONS[name], fetch, full, progress)


__all__ = ["DuckDBReader", "DuckDBWarehouse", "DuckDBWriter", "Engine"]
