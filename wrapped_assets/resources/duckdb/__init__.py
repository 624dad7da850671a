"""The Warehouse contract on DuckDB: one file, one writer, landing read where it lies."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb

from wrapped_assets.families import DIMENSIONS, FAMILIES
from wrapped_assets.periods import LEVELS, Span
from wrapped_assets.product import Edition, Facts
from wrapped_assets.progress import Progress
from wrapped_assets.resources.checks import Check
from wrapped_assets.resources.duckdb import (
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
from wrapped_assets.resources.warehouse import (
    Broken,
    Fetch,
    ImportReport,
    LandedFile,
    LandingTotals,
    Pending,
    QuarantineEntry,
    RefreshReport,
    SnapshotReport,
    SummaryReport,
)


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


@dataclass(frozen=True)
class DuckDBReader:
    """What can be asked of an open warehouse."""

    con: duckdb.DuckDBPyConnection

    def known(self, family: str, days: Sequence[date] | None) -> dict[str, str]:
        """The etag of each object the ledger holds in its newest version, by key."""
        return landing.known(self.con, family, days)

    def pending(self) -> Pending:
        """What has landed or changed and not been followed yet."""
        return status.pending(self.con)

    def violations(self, check: Check, span: Span, now: datetime, fetch: Fetch) -> Broken:
        """The rows that break a rule inside the span; none is a pass."""
        return checking.violations(self.con, check, span, now, fetch)

    def differences(self, layer: str, family: str, span: Span, fetch: Fetch) -> list[dict[str, Any]]:
        """The first rows by which a table differs from its full rebuild; none is a pass."""
        return checking.differences(self.con, layer, family, span, fetch)

    def quarantine(self, span: Span, family: str = "") -> list[QuarantineEntry]:
        """What is in quarantine from files of these folder days (dimensions always), of one family or of all."""
        return status.quarantine(self.con, span, family)

    def row_counts(self, layer: str, family: str, span: Span) -> dict[date, int]:
        """Rows by partition of a layer; for landing, by the day of the event, duplicates included."""
        if layer == "landing":
            return raw.landed_counts(self.con, FAMILIES[family], span)
        if layer == "raw":
            return raw.row_counts(self.con, FAMILIES[family], span)
        return rollups.row_counts(self.con, LEVELS[layer], FAMILIES[family], span)

    def facts(self, year: int, wrapped_id: str | None = None, most: int | None = None) -> list[Facts]:
        """The final integers of an edition's customers, most requests first, or of one of them."""
        return summaries.facts(self.con, year, None if wrapped_id is None else [wrapped_id], most)

    def facts_of(self, year: int, wrapped_ids: Sequence[str]) -> list[Facts]:
        """The final integers of these customers, most requests first."""
        return summaries.facts(self.con, year, wrapped_ids)

    def left_out(self, year: int) -> int:
        """How many landing rows came too late for a frozen edition, so far; 0 while it is live."""
        return summaries.left_out(self.con, year)

    def requests_by_month(self, year: int) -> list[int]:
        """The requests of all customers in each of the twelve months."""
        return summaries.requests_by_month(self.con, year)

    def edition(self, year: int) -> Edition | None:
        """How far an edition reaches; None when it was never built."""
        return summaries.edition(self.con, year)

    def editions(self) -> list[int]:
        """The years that have an edition."""
        return [
            year
            for (year,) in self.con.execute("select year from main.wrapped_editions order by year").fetchall()
        ]

    def customers(self, wrapped_ids: Sequence[str]) -> dict[str, str | None]:
        """The names of customers, for an operator's eyes."""
        return status.customers(self.con, wrapped_ids)

    def recipients(self, year: int) -> dict[str, str | None]:
        """The customers of an edition by wrapped_id, each with its name if it has one."""
        return summaries.recipients(self.con, year)

    def identities(self) -> int:
        """How many organizations have a public identity."""
        return int(self.con.execute("select count(*) from main.wrapped_organizations").fetchall()[0][0])

    def owner(self, organization_id: str) -> str | None:
        """The wrapped_id that an organization's numbers count for; None when the organization is unknown."""
        return status.owner(self.con, organization_id)

    def landing_totals(self, family: str, span: Span) -> LandingTotals:
        """What landed for these days and what is left of it once duplicates are gone."""
        return status.landing_totals(self.con, FAMILIES[family], span)

    def write_snapshot(self, path: Path, year: int) -> SnapshotReport:
        """Put what serving needs of a year into an immutable DuckDB file at `path`, where nothing may stand yet."""
        # Here, because a snapshot is a DuckDB file on both engines: its modules are built on this package.
        from wrapped_assets.resources.duckdb import serving

        return serving.write_snapshot(self.con, path, year)


@dataclass(frozen=True)
class DuckDBWriter(DuckDBReader):
    """What the one writer can do."""

    def take(self, family: str, files: Sequence[LandedFile], imported_at: datetime) -> ImportReport:
        """Import these files; every one ends in the ledger, landed or quarantined."""
        return landing.take(self.con, family, files, imported_at)

    def refresh_raw(
        self, family: str, span: Span, fetch: Fetch, full: bool, progress: Progress
    ) -> RefreshReport:
        """Merge what landed for these days, or with `full` rebuild them."""
        return raw.refresh(self.con, FAMILIES[family], span, fetch, full, progress)

    def refresh_rollup(
        self, level: str, family: str, span: Span, full: bool, progress: Progress
    ) -> RefreshReport:
        """Recompute what changed in these periods, or with `full` all of them."""
        return rollups.refresh(self.con, LEVELS[level], FAMILIES[family], span, full, progress)

    def refresh_dimension(self, name: str, fetch: Fetch, full: bool, progress: Progress) -> int:
        """Merge the snapshots that landed; returns the row count."""
        return dimensions.refresh(self.con, DIMENSIONS[name], fetch, full, progress)

    def refresh_identities(self, secret: bytes, full: bool) -> int:
        """Give every organization its public identity; returns how many are new or changed."""
        return dimensions.refresh_identities(self.con, secret, full)

    def refresh_summaries(
        self, year: int, full: bool, now: datetime, freeze_at: datetime | None
    ) -> SummaryReport:
        """Recompute the summaries of an edition that something changed, or with `full` all of them."""
        return summaries.refresh(self.con, year, full, now, freeze_at)


__all__ = ["DuckDBReader", "DuckDBWarehouse", "DuckDBWriter", "Engine"]
