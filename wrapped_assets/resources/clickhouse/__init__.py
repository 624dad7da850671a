"""The Warehouse contract on ClickHouse: a server, or the engine inside this process; one writer, landing in tables."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import wraps
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

import duckdb

from wrapped_assets.periods import LEVELS, Span
from wrapped_assets.products import DIMENSIONS, FAMILIES
from wrapped_assets.progress import Progress
from wrapped_assets.resources.checks import Check
from wrapped_assets.resources.clickhouse import (
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
from wrapped_assets.resources.clickhouse.connection import Limits, connect
from wrapped_assets.resources.clickhouse.session import Session
from wrapped_assets.resources.duckdb.connection import Engine
from wrapped_assets.resources.warehouse import (
    Beside,
    Broken,
    Fetch,
    ImportReport,
    LandedFile,
    RefreshReport,
    SummaryReport,
)
from wrapped_assets.resources.writer_lock import WRITER_PATIENCE, alone
from wrapped_assets.settings.address import Address

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True)
class ClickHouseWarehouse:
    """A warehouse in one ClickHouse database.

    `lock` is a file that the writers of this machine hold, `labels` says for whom a session works.
    """

    address: Address
    lock: Path
    limits: Limits = field(default_factory=Limits)
    labels: Callable[[], Mapping[str, str]] = dict

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


def _asking(
    function: Callable[Concatenate[Session, P], T],
) -> Callable[Concatenate["ClickHouseReader", P], T]:
    """The method that hands its session to a function of a module here."""

    @wraps(function)
    def method(self: "ClickHouseReader", /, *args: P.args, **kwargs: P.kwargs) -> T:
        return function(self.session, *args, **kwargs)

    return method


@dataclass(frozen=True)
class ClickHouseReader:
    """What can be asked of an open warehouse; `warehouse.Reader` says what each method promises.

    The limits are also for what DuckDB does beside it, in this process.
    """

    session: Session
    limits: Limits

    known = _asking(landing.known)
    pending = _asking(status.pending)
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

    def violations(self, check: Check, span: Span, now: datetime, fetch: Fetch) -> Broken:
        return checking.violations(self.session, check, span, now)

    def differences(self, layer: str, family: str, span: Span, fetch: Fetch) -> list[dict[str, Any]]:
        return checking.differences(self.session, self.limits, layer, family, span)

    def row_counts(self, layer: str, family: str, span: Span) -> dict[date, int]:
        if layer == "landing":
            return raw.landed_counts(self.session, FAMILIES[family], span)
        if layer == "raw":
            return raw.row_counts(self.session, FAMILIES[family], span)
        return rollups.row_counts(self.session, LEVELS[layer], FAMILIES[family], span)

    def beside(self, path: Path) -> AbstractContextManager[Beside]:
        return beside.beside(self.session, path, self.limits)


@dataclass(frozen=True)
class ClickHouseWriter(ClickHouseReader):
    """What the one writer can do; `warehouse.Writer` says what each method promises. Landing rows are in tables: nothing is fetched again."""

    judge_with: duckdb.DuckDBPyConnection

    refresh_identities = _asking(dimensions.refresh_identities)

    def take(self, family: str, files: Sequence[LandedFile], imported_at: datetime) -> ImportReport:
        return landing.take(self.session, self.judge_with, family, files, imported_at)

    def refresh_raw(
        self, family: str, span: Span, fetch: Fetch, full: bool, progress: Progress
    ) -> RefreshReport:
        return raw.refresh(self.session, FAMILIES[family], span, full, progress)

    def refresh_rollup(
        self, level: str, family: str, span: Span, full: bool, progress: Progress
    ) -> RefreshReport:
        return rollups.refresh(self.session, LEVELS[level], FAMILIES[family], span, full, progress)

    def refresh_dimension(self, name: str, fetch: Fetch, full: bool, progress: Progress) -> int:
        return dimensions.refresh(self.session, DIMENSIONS[name], full, progress)

    def refresh_summaries(
        self, year: int, full: bool, now: datetime, freeze_at: datetime | None
    ) -> SummaryReport:
        return summaries.refresh(self.session, year, self.limits, full, now, freeze_at)


__all__ = ["Address", "ClickHouseReader", "ClickHouseWarehouse", "ClickHouseWriter", "Limits"]
