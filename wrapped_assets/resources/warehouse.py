"""The Warehouse contract: what assets, checks, sensors and the command line ask of an engine.

Two engines keep it: DuckDB (`resources/duckdb/`) and ClickHouse (`resources/clickhouse/`), a server through clickhouse-connect
or in process through chdb. Everything that crosses this line is plain Python, so no asset knows an engine.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, Protocol

import duckdb

from wrapped_assets.landing.objects import Fetched
from wrapped_assets.periods import DAILY, HOURLY, MONTHLY, Span, read_by_edition
from wrapped_assets.product import Edition, Facts
from wrapped_assets.progress import Progress
from wrapped_assets.resources.checks import Check

# Rows that break a rule and are shown: enough to look for the cause.
EXAMPLES = 5


@dataclass(frozen=True)
class LandedFile:
    """A landing object and where its bytes can be read: one exact version of it."""

    key: str
    etag: str
    size: int
    day: date | None
    region: str | None
    path: Path


@dataclass(frozen=True)
class QuarantinedFile:
    """A landing file none of whose rows could be taken, and why."""

    key: str
    reason: str


@dataclass(frozen=True)
class ImportReport:
    """What one import took in."""

    files: int = 0
    rows: int = 0
    quarantined_files: Sequence[QuarantinedFile] = ()
    quarantined_rows: dict[str, int] = field(default_factory=dict)

    def __add__(self, other: "ImportReport") -> "ImportReport":
        reasons = {**self.quarantined_rows}
        for reason, rows in other.quarantined_rows.items():
            reasons[reason] = reasons.get(reason, 0) + rows
        return ImportReport(
            self.files + other.files,
            self.rows + other.rows,
            [*self.quarantined_files, *other.quarantined_files],
            reasons,
        )


@dataclass(frozen=True)
class LedgerFile:
    """A landed file as the ledger knows it: what a merge or a rebuild must read."""

    file_id: int
    key: str
    etag: str
    size: int
    has_impossible_rows: bool
    region: str | None


Fetch = Callable[[Sequence[LedgerFile]], AbstractContextManager[Fetched]]
"""Brings exactly these file versions near; says of each of the others why it cannot."""


@dataclass(frozen=True)
class RefreshReport:
    """What one refresh of a layer did: rows present afterwards by partition, and how many were rebuilt or merged into."""

    rows: dict[date, int] = field(default_factory=dict)
    rebuilt: int = 0
    merged: int = 0


@dataclass(frozen=True)
class Pending:
    """What each layer still has to do, as the warehouse itself knows it. Empty means up to date.

    `partitions` maps (layer, family) to the first days of stale partitions; `dimensions` names those with
    unmerged snapshots; `identities` is true when some organization has no settled owner; `years` are the
    stale editions, `documents` those of them that have more to follow than how far they reach. On the `torn`
    days a kill left rows of raw that are no more beside the new ones (ClickHouse): so may all that is built from them.
    `editions` are the stale years of each product with an edition database.
    `disputes` says, in words, which organizations regions give to different customers, at most EXAMPLES: no refresh settles that.
    """

    partitions: dict[tuple[str, str], set[date]] = field(default_factory=dict)
    dimensions: set[str] = field(default_factory=set)
    identities: bool = False
    years: set[int] = field(default_factory=set)
    documents: set[int] = field(default_factory=set)
    torn: set[date] = field(default_factory=set)
    editions: dict[str, set[int]] = field(default_factory=dict)
    disputes: list[str] = field(default_factory=list)

    def days(self, *layers: str) -> set[date]:
        """The stale partitions of these layers, whatever the family."""
        return {day for (layer, _), days in self.partitions.items() if layer in layers for day in days}

    def holding_up(self, year: int) -> list[str]:
        """What keeps an edition from being claimed, in words: levels it reads that do not hold what raw should, names, owners."""
        read = read_by_edition(year)
        found = []
        for (layer, family), periods in sorted(self.partitions.items()):
            stale = sum(1 for period in periods if period in read)
            if stale and layer in (HOURLY.name, DAILY.name, MONTHLY.name):
                found.append(f"{layer}/{family} has {stale} partitions to refresh")
        if torn := sum(1 for day in self.torn if day in read):
            found.append(f"raw has {torn} days to rebuild after a kill")
        found += [f"{name} has snapshots to merge" for name in sorted(self.dimensions)]
        if self.identities:
            found.append("wrapped_organizations has owners to settle")
        return found

    def families(self, *layers: str) -> set[str]:
        """The families with a stale partition in these layers."""
        return {family for (layer, family), days in self.partitions.items() if layer in layers and days}


@dataclass(frozen=True)
class SummaryReport:
    """What one refresh of an edition did."""

    summaries: int
    recomputed: int
    left_out: int
    frozen: bool


@dataclass(frozen=True)
class QuarantineEntry:
    """One thing that could not be taken: a whole file, or the rows of a file that share a reason."""

    family: str
    key: str
    reason: str
    rows: int | None


@dataclass(frozen=True)
class Broken:
    """The rows that break a rule: how many there are, and the first five of them."""

    count: int = 0
    examples: Sequence[dict[str, Any]] = field(default_factory=list)

    def __add__(self, other: "Broken") -> "Broken":
        return Broken(self.count + other.count, [*self.examples, *other.examples][:EXAMPLES])

    @classmethod
    def of(cls, examples: Sequence[dict[str, Any]]) -> "Broken":
        """What sql/*/checks/examples.sql answers: each example says how many rows there are."""
        count = examples[0]["broken_rows"] if examples else 0
        return cls(count, [{name: row[name] for name in row if name != "broken_rows"} for row in examples])

    @classmethod
    def quarantined(cls, entries: Sequence[QuarantineEntry]) -> "Broken":
        """What is in quarantine breaks the rule that everything could be taken."""
        examples = [
            {"object_key": entry.key, "reason": entry.reason, "row_count": entry.rows}
            for entry in entries[:EXAMPLES]
        ]
        return cls(sum(entry.rows or 1 for entry in entries), examples)


@dataclass(frozen=True)
class LandingTotals:
    """Landing rows, the unique rows among them, and how many were duplicates."""

    files: int
    landed_rows: int
    unique_rows: int

    @property
    def duplicates(self) -> int:
        """Landing rows that another row with the same key stands for."""
        return self.landed_rows - self.unique_rows


@dataclass(frozen=True)
class SnapshotReport:
    """What a serving snapshot holds: organizations, rows at all levels, bytes of the file."""

    path: Path
    year: int
    organizations: int
    rows: int
    size: int


class Beside(Protocol):
    """A connection in which an edition's file is open, and into which the warehouse's rows come."""

    @property
    def con(self) -> duckdb.DuckDBPyConnection:
        """The edition's file is the database in use."""
        ...

    def events(self, family: str, span: Span, subjects: Sequence[str] | None = None) -> None:
        """Have the events of these days, of everybody or of these subjects, stand as `events`."""
        ...

    def snapshots(self, dimension: str) -> None:
        """Have the rows of a dimension, of all regions, stand as `<dimension>_snapshots`."""
        ...


class Reader(Protocol):
    """A read-only view of the warehouse."""

    def known(self, family: str, days: Sequence[date] | None) -> dict[str, str]:
        """The etag of each object the ledger holds in its newest version, by key."""

    def pending(self) -> Pending:
        """What has landed or changed and not been followed yet."""

    def violations(self, check: Check, span: Span, now: datetime, fetch: Fetch) -> Broken:
        """The rows that break a rule inside the span; none is a pass."""

    def differences(self, layer: str, family: str, span: Span, fetch: Fetch) -> list[dict[str, Any]]:
        """The first rows by which a table differs from its full rebuild; none is a pass."""

    def quarantine(self, span: Span, family: str = "") -> list[QuarantineEntry]:
        """What is in quarantine from files of these folder days (dimensions always), of one family or of all."""

    def row_counts(self, layer: str, family: str, span: Span) -> dict[date, int]:
        """Rows by partition of a layer."""

    def facts(
        self, year: int, wrapped_ids: Sequence[str] | None = None, most: int | None = None
    ) -> list[Facts]:
        """The final integers of an edition's customers, most requests first: of all, of the first `most`, or of these.

        EditionNotWhole, here and wherever an edition is read, while a refresh puts summaries in place, or after one was
        killed at it.
        """

    def left_out(self, year: int) -> int:
        """How many landing rows came too late for a frozen edition, so far; 0 while it is live."""

    def requests_by_month(self, year: int) -> list[int]:
        """The requests of all customers in each of the twelve months."""

    def edition(self, year: int) -> Edition | None:
        """How far an edition reaches; None when it was never built."""

    def editions(self) -> list[int]:
        """The years that have an edition."""

    def customers(self, wrapped_ids: Sequence[str]) -> dict[str, str | None]:
        """The names of customers, for an operator's eyes."""

    def recipients(self, year: int) -> dict[str, str | None]:
        """The customers of an edition by wrapped_id, each with its name if it has one."""

    def identities(self) -> int:
        """How many organizations have a public identity."""

    def owner(self, organization_id: str) -> str | None:
        """The wrapped_id that an organization's numbers count for; None when the organization is unknown."""

    def landing_totals(self, family: str, span: Span) -> LandingTotals:
        """What landed for these days and what is left of it once duplicates are gone."""

    def raw_versions(self, family: str) -> Mapping[date, str]:
        """What each day of raw holds: another text whenever its rows may be others. Days that must be rebuilt are left out."""
        ...

    def snapshot_version(self, dimension: str) -> str:
        """What a dimension says: another text when any of its rows is another."""
        ...

    def beside(self, path: Path) -> AbstractContextManager[Beside]:
        """Have the file of an edition open beside the warehouse; it is made when it is not there."""
        ...


class Writer(Reader, Protocol):
    """The one process that may change the warehouse. Every method is safe to repeat.

    Each commits in steps of bounded size, and each step is all or nothing: whatever stops it, what is left to do is still
    stale, and the next call goes on from there.
    """

    def take(self, family: str, files: Sequence[LandedFile], imported_at: datetime) -> ImportReport:
        """Import these files; every one ends in the ledger, landed or quarantined."""

    def refresh_raw(
        self, family: str, span: Span, fetch: Fetch, full: bool, progress: Progress
    ) -> RefreshReport:
        """Merge what landed for these days, or with `full` rebuild them."""

    def refresh_rollup(
        self, level: str, family: str, span: Span, full: bool, progress: Progress
    ) -> RefreshReport:
        """Recompute what changed in these periods, or with `full` all of them."""

    def refresh_dimension(self, name: str, fetch: Fetch, full: bool, progress: Progress) -> int:
        """Merge the snapshots that landed; returns the row count."""

    def refresh_identities(self, secret: bytes, full: bool) -> int:
        """Give every organization its public identity; returns how many are new or changed."""

    def refresh_summaries(
        self, year: int, full: bool, now: datetime, freeze_at: datetime | None
    ) -> SummaryReport:
        """Recompute the summaries of an edition that something changed, or with `full` all of them."""


class Warehouse(Protocol):
    """An engine at an address."""

    def reading(self, patience: float = 10.0) -> AbstractContextManager[Reader]:
        """Open it to read; waits up to `patience` seconds for a writer to end."""

    def unchanging(self, patience: float = 60.0) -> AbstractContextManager[Reader]:
        """Open it to read while nobody on this machine writes: many statements that must agree with each other."""

    def writing(self) -> AbstractContextManager[Writer]:
        """Open it to write, creating it when it does not exist; waits for other writers and readers."""
