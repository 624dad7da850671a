"""The Warehouse contract on ClickHouse: a server, or the engine inside this process; one writer, landing in tables."""

from collections.abc import Callable, Iterator, Mapping, Sequence
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
from wrapped_assets.resources.address import Address
from wrapped_assets.resources.checks import Check
from wrapped_assets.resources.clickhouse import (
    checking,
    dimensions,
    landing,
    raw,
    rollups,
    schema,
    serving,
    status,
    summaries,
)
from wrapped_assets.resources.clickhouse.connection import Limits, connect
from wrapped_assets.resources.clickhouse.session import Session
from wrapped_assets.resources.clickhouse.writer_lock import alone
from wrapped_assets.resources.duckdb.connection import Engine
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

# How long a writer waits for other processes.
WRITER_PATIENCE = 600.0


def _unlabelled() -> Mapping[str, str]:
    return {}


@dataclass(frozen=True)
class ClickHouseWarehouse:
    """A warehouse in one ClickHouse database.

    `lock` is a file that the writers of this machine hold, `labels` says for whom a session works.
    """

    address: Address
    lock: Path
    limits: Limits = field(default_factory=Limits)
    labels: Callable[[], Mapping[str, str]] = _unlabelled

    @contextmanager
    def reading(self, patience: float = 10.0) -> Iterator["ClickHouseReader"]:
        """Open it to read; a folder that another process has open is waited for."""
        with connect(self.address, self.limits, self.labels(), create=False, patience=patience) as session:
            schema.require(session, str(self.address))
            yield ClickHouseReader(session, self.limits)

    @contextmanager
    def unchanging(self, patience: float = 60.0) -> Iterator["ClickHouseReader"]:
        """Open it to read, and hold off the writers of this machine."""
        with alone(self.lock, str(self.address), patience), self.reading(patience) as reader:
            yield reader

    @contextmanager
    def writing(self) -> Iterator["ClickHouseWriter"]:
        """Open it to write, alone among the writers of this machine, creating what is not there."""
        with (
            alone(self.lock, str(self.address), WRITER_PATIENCE),
            connect(
                self.address, self.limits, self.labels(), create=True, patience=WRITER_PATIENCE
            ) as session,
            duckdb.connect(
                ":memory:", config=Engine(self.limits.memory_limit, self.limits.threads).config()
            ) as judge_with,
        ):
            judge_with.execute("set TimeZone = 'UTC'")
            judge_with.execute("set enable_progress_bar = false")
            schema.prepare(session, str(self.address))
            yield ClickHouseWriter(session, self.limits, judge_with)


@dataclass(frozen=True)
class ClickHouseReader:
    """What can be asked of an open warehouse. The limits are also for what DuckDB does beside it, in this process."""

    session: Session
    limits: Limits

    def known(self, family: str, days: Sequence[date] | None) -> dict[str, str]:
        """The etag of each object the ledger holds in its newest version, by key."""
        return landing.known(self.session, family, days)

    def pending(self) -> Pending:
        """What has landed or changed and not been followed yet."""
        return status.pending(self.session)

    def violations(self, check: Check, span: Span, now: datetime, fetch: Fetch) -> Broken:
        """The rows that break a rule inside the span; none is a pass."""
        return checking.violations(self.session, check, span, now)

    def differences(self, layer: str, family: str, span: Span, fetch: Fetch) -> list[dict[str, Any]]:
        """The first rows by which a table differs from its full rebuild; none is a pass."""
        return checking.differences(self.session, self.limits, layer, family, span)

    def quarantine(self, span: Span, family: str = "") -> list[QuarantineEntry]:
        """What is in quarantine from files of these folder days (dimensions always), of one family or of all."""
        return status.quarantine(self.session, span, family)

    def row_counts(self, layer: str, family: str, span: Span) -> dict[date, int]:
        """Rows by partition of a layer; for landing, by the day of the event, duplicates included."""
        if layer == "landing":
            return raw.landed_counts(self.session, FAMILIES[family], span)
        if layer == "raw":
            return raw.row_counts(self.session, FAMILIES[family], span)
        return rollups.row_counts(self.session, LEVELS[layer], FAMILIES[family], span)

    def facts(self, year: int, wrapped_id: str | None = None, most: int | None = None) -> list[Facts]:
        """The final integers of an edition's customers, most requests first, or of one of them."""
        return summaries.facts(self.session, year, None if wrapped_id is None else [wrapped_id], most)

    def facts_of(self, year: int, wrapped_ids: Sequence[str]) -> list[Facts]:
        """The final integers of these customers, most requests first."""
        return summaries.facts(self.session, year, wrapped_ids)

    def left_out(self, year: int) -> int:
        """How many landing rows came too late for a frozen edition, so far; 0 while it is live."""
        return summaries.left_out(self.session, year)

    def requests_by_month(self, year: int) -> list[int]:
        """The requests of all customers in each of the twelve months."""
        return summaries.requests_by_month(self.session, year)

    def edition(self, year: int) -> Edition | None:
        """How far an edition reaches; None when it was never built."""
        return summaries.edition(self.session, year)

    def editions(self) -> list[int]:
        """The years that have an edition."""
        return summaries.editions(self.session)

    def customers(self, wrapped_ids: Sequence[str]) -> dict[str, str | None]:
        """The names of customers, for an operator's eyes."""
        return status.customers(self.session, wrapped_ids)

    def recipients(self, year: int) -> dict[str, str | None]:
        """The customers of an edition by wrapped_id, each with its name if it has one."""
        return summaries.recipients(self.session, year)

    def identities(self) -> int:
        """How many organizations have a public identity."""
        return int(self.session.value("select count() from wrapped_organizations"))

    def owner(self, organization_id: str) -> str | None:
        """The wrapped_id that an organization's numbers count for; None when the organization is unknown."""
        return status.owner(self.session, organization_id)

    def landing_totals(self, family: str, span: Span) -> LandingTotals:
        """What landed for these days and what is left of it once duplicates are gone."""
        return status.landing_totals(self.session, FAMILIES[family], span)

    def write_snapshot(self, path: Path, year: int) -> SnapshotReport:
        """Put what serving needs of a year into an immutable DuckDB file at `path`, where nothing may stand yet."""
        return serving.write_snapshot(self.session, path, year, self.limits.memory_limit)


@dataclass(frozen=True)
class ClickHouseWriter(ClickHouseReader):
    """What the one writer can do. Landing rows are in tables, so nothing is fetched again."""

    judge_with: duckdb.DuckDBPyConnection

    def take(self, family: str, files: Sequence[LandedFile], imported_at: datetime) -> ImportReport:
        """Import these files; every one ends in the ledger, landed or quarantined."""
        return landing.take(self.session, self.judge_with, family, files, imported_at)

    def refresh_raw(
        self, family: str, span: Span, fetch: Fetch, full: bool, progress: Progress
    ) -> RefreshReport:
        """Merge what landed for these days, or with `full` rebuild them."""
        return raw.refresh(self.session, FAMILIES[family], span, full, progress)

    def refresh_rollup(
        self, level: str, family: str, span: Span, full: bool, progress: Progress
    ) -> RefreshReport:
        """Recompute what changed in these periods, or with `full` all of them."""
        return rollups.refresh(self.session, LEVELS[level], FAMILIES[family], span, full, progress)

    def refresh_dimension(self, name: str, fetch: Fetch, full: bool, progress: Progress) -> int:
        """Merge the snapshots that landed; returns the row count."""
        return dimensions.refresh(self.session, DIMENSIONS[name], full, progress)

    def refresh_identities(self, secret: bytes, full: bool) -> int:
        """Give every organization its public identity; returns how many are new or changed."""
        return dimensions.refresh_identities(self.session, secret, full)

    def refresh_summaries(
        self, year: int, full: bool, now: datetime, freeze_at: datetime | None
    ) -> SummaryReport:
        """Recompute the summaries of an edition that something changed, or with `full` all of them."""
        return summaries.refresh(self.session, year, self.limits, full, now, freeze_at)


__all__ = [
    "Address",
    "ClickHouseReader",
    "ClickHouseWarehouse",
    "ClickHouseWriter",
    "Limits",
]
