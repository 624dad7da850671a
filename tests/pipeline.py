"""The pipeline on real landing files and a real DuckDB warehouse, layer by layer, as Dagster drives it but without it.

A test lands files, lets some or all layers follow, and compares tables and documents with `tests/oracle.py`.
What the tables must hold is worked out here from the oracle's raw rows; nothing here knows how they are built.
"""

import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb

from tests import copied, oracle
from tests.landing_files import LandingFile, Row, write
from wrapped_assets.assets.importing import Import, fetching, import_days, import_dimension
from wrapped_assets.landing.store import LandingStore
from wrapped_assets.periods import LEVELS, Span
from wrapped_assets.products.usage.document import document
from wrapped_assets.resources.checks import CHECKS, Check
from wrapped_assets.resources.clickhouse import Address, ClickHouseWarehouse, ClickHouseWriter, Limits
from wrapped_assets.resources.duckdb import DuckDBWarehouse, DuckDBWriter, Engine
from wrapped_assets.resources.warehouse import (
    ImportReport,
    Pending,
    RefreshReport,
    SummaryReport,
    Warehouse,
    Writer,
)

SECRET = b"a secret of at least 32 bytes, ok!!"
NOW = datetime(2026, 6, 1, tzinfo=UTC)
# Every day that a world of tests/worlds.py can touch, and the editions those days belong to or are compared in.
DAYS = Span(date(2024, 1, 1), date(2026, 5, 1))
YEARS = (2024, 2025, 2026, 2027)

FAMILIES = ("pipe_stats", "ingestion", "storage")
DIMENSIONS = ("organizations", "workspaces")
ROLLUP_LEVELS = ("hourly", "daily", "weekly", "monthly")
# The years are no asset: they are brought up to date with the edition they are for.
ALL_LEVELS = (*ROLLUP_LEVELS, "yearly")
ROLLUPS = {
    "pipe_stats": ("pipe_stats_requests", "pipe_stats_durations", "pipe_stats_days", "pipe_stats_hours"),
    "ingestion": ("ingestion_operations",),
    "storage": ("storage_sizes",),
}

Table = list[tuple[Any, ...]]


def say_nothing(label: str, done: int, total: int) -> None:
    """Progress that nobody watches."""


@dataclass(frozen=True)
class Run:
    """An open warehouse and the landing store it is fed from."""

    writer: Writer
    store: LandingStore

    def take_in(self, source: str, span: Span = DAYS) -> ImportReport:
        """Import what is new of one family's folder days, or of one dimension."""
        done = (
            import_dimension(self.writer, self.store, source, NOW)
            if source in DIMENSIONS
            else self.import_family(source, span)
        )
        assert not done.unread
        return done.report

    def import_family(self, family: str, span: Span = DAYS) -> Import:
        """Import what is new, with the places that could not be looked at."""
        return import_days(self.writer, self.store, family, span, NOW, say_nothing)

    def raw(self, family: str, span: Span = DAYS, full: bool = False) -> RefreshReport:
        """Refresh raw."""
        return self.writer.refresh_raw(family, span, fetching(self.store), full, say_nothing)

    def rollup(self, level: str, family: str, span: Span = DAYS, full: bool = False) -> RefreshReport:
        """Refresh the periods of a level that the span touches."""
        whole = LEVELS[level].covering(span)
        return self.writer.refresh_rollup(level, family, whole, full, say_nothing)

    def dimension(self, name: str, full: bool = False) -> int:
        """Refresh a dimension."""
        return self.writer.refresh_dimension(name, fetching(self.store), full, say_nothing)

    def identities(self, full: bool = False) -> int:
        """Settle who owns what."""
        return self.writer.refresh_identities(SECRET, full)

    def summaries(
        self, year: int, full: bool = False, now: datetime = NOW, freeze_at: datetime | None = None
    ) -> SummaryReport:
        """Refresh an edition."""
        return self.writer.refresh_summaries(year, full, now, freeze_at)

    def import_everything(self) -> None:
        """Import all that is new in the landing store."""
        for source in self._landed(FAMILIES + DIMENSIONS):
            self.take_in(source)

    def layers(self, full: bool = False, span: Span = DAYS) -> None:
        """Raw, every rollup, the dimensions and the identities, once each, from the bottom up."""
        families = self._landed(FAMILIES)
        for family in families:
            self.raw(family, span, full)
        for level in ROLLUP_LEVELS:
            for family in families:
                self.rollup(level, family, span, full)
        for name in self._landed(DIMENSIONS):
            self.dimension(name, full)
        self.identities(full)

    def _landed(self, names: Iterable[str]) -> list[str]:
        """Those that ever had a file in the landing folder: to ask for the others does nothing, and costs as much."""
        scheme, _, landing = self.store.url.partition("://")
        return [name for name in names if scheme != "file" or (Path(landing) / name).exists()]

    def follow(self, full: bool = False) -> None:
        """Take in what is new and bring every layer and edition up to date; with `full` rebuild all of them."""
        self.import_everything()
        self.layers(full)
        for year in YEARS if full else ():
            self.summaries(year, full)
        self.editions()

    def editions(self) -> set[int]:
        """Refresh the editions that are stale, and those that this makes stale; which they were."""
        refreshed: set[int] = set()
        for _ in range(10):
            years = self.pending().years
            if not years:
                return refreshed
            for year in sorted(years):
                self.summaries(year)
            refreshed |= years
        raise AssertionError(f"editions do not come to rest: {self.pending()}")

    def pending(self) -> Pending:
        """What is stale."""
        return self.writer.pending()

    def rows(self, statement: str) -> Table:
        """The answer to a question a test has for the engine."""
        if isinstance(self.writer, ClickHouseWriter):
            return copied.rows(self.writer.session, statement)
        return self.con.execute(statement).fetchall()

    @property
    def con(self) -> duckdb.DuckDBPyConnection:
        """The connection of a DuckDB warehouse."""
        assert isinstance(self.writer, DuckDBWriter)
        return self.writer.con

    def documents(self, year: int) -> dict[str, bytes]:
        """Every document of a year as it is published, by wrapped_id."""
        covered = self.writer.edition(year)
        return {
            row["wrapped_id"]: document(row, covered).to_json() for row in self.writer.facts(year) if covered
        }

    def broken(self, year: int = 2025, now: datetime = NOW) -> set[tuple[str, str]]:
        """The checks that find something, as (asset, check), for a span that is a calendar year."""
        return {(".".join(check.asset), check.name) for check in CHECKS if self.violations(check, year, now)}

    def count(self, statement: str, family: str) -> tuple[int, int]:
        """How many rows a check finds in 2025, and how many of them it shows."""
        (check,) = [each for each in CHECKS if (each.statement, each.family) == (statement, family)]
        found = self.writer.violations(check, Span.year(2025), NOW, fetching(self.store))
        return found.count, len(found.examples)

    def violations(self, check: Check, year: int = 2025, now: datetime = NOW) -> Sequence[dict[str, Any]]:
        """The first rows that one check finds."""
        return self.writer.violations(check, Span.year(year), now, fetching(self.store)).examples

    def differences(self, *layers: str, span: Span = DAYS) -> list[dict[str, Any]]:
        """The first rows by which these layers, or all, differ from their full rebuild."""
        parts = [(layer, family, span) for layer in ("raw", *ROLLUP_LEVELS) for family in FAMILIES]
        parts += [("wrapped_summaries", "", Span.year(year)) for year in YEARS]
        return [
            row
            for layer, family, days in parts
            if not layers or layer in layers
            for row in self.writer.differences(layer, family, days, fetching(self.store))
        ]

    @contextmanager
    def damaged(self, *statements: str) -> Iterator[None]:
        """Something changes the warehouse behind the pipeline's back; undone afterwards."""
        self.con.execute("begin")
        try:
            for statement in statements:
                self.con.execute(statement)
            yield
        finally:
            self.con.execute("rollback")

    def tables(self) -> dict[str, Table]:
        """Everything that the warehouse says about the landing files, as sorted rows.

        Left out is what depends on when and how often something was imported: file numbers, etags, replaced
        versions and the time of the import.
        """
        return {
            name: sorted(self.rows(statement), key=repr)
            for name, statement in CONTENTS.items()
            # ClickHouse has no states of years: summaries are computed from the months.
            if not (name.startswith("yearly.") and isinstance(self.writer, ClickHouseWriter))
        }


CONTENTS = {
    "landing.files": """
        select family, object_key, size, folder_day, region, state, reason, row_count, bad_row_count,
            last_exported_at
        from landing.files where state <> 'replaced'""",
    "landing.file_days": """
        select days.family, object_key, day, days.row_count, days.last_exported_at, days.hours
        from landing.file_days as days join landing.files using (file_id) where state <> 'replaced'""",
    "landing.quarantined_rows": """
        select family, object_key, row_number, quarantined.reason, content
        from landing.quarantined_rows as quarantined join landing.files using (file_id)""",
    **{f"raw.{family}": f"from raw.{family}" for family in FAMILIES},
    **{
        f"{level}.{table}": f"from {level}.{table}"
        for level in ALL_LEVELS
        for tables in ROLLUPS.values()
        for table in tables
    },
    **{f"dimensions.{name}": f"from dimensions.{name}" for name in DIMENSIONS},
    "wrapped_organizations": "from main.wrapped_organizations",
    "wrapped_summaries": "from main.wrapped_summaries",
    "wrapped_days": "from main.wrapped_days",
    "wrapped_editions": "from (select * exclude (last_file) from main.wrapped_editions)",
}


def fact(name: str, value: str) -> str:
    """What an `update main.wrapped_summaries set` needs to change one fact; the value is SQL, `it` in it the fact as it is."""
    value = value.replace("it", f"cast(facts ->> '{name}' as hugeint)")
    return f"facts = json_merge_patch(facts, json_object('{name}', {value}))"


@dataclass(frozen=True)
class Pipeline:
    """A landing folder and a warehouse file, below one home. Several warehouses may share the landing folder."""

    home: Path
    name: str = "warehouse"
    engine: str = "duckdb"

    @property
    def landing(self) -> Path:
        """The landing folder."""
        return self.home / "landing"

    @property
    def warehouse(self) -> Warehouse:
        """The warehouse."""
        if self.engine == "duckdb":
            return self.duckdb
        return self.clickhouse

    @property
    def clickhouse(self) -> ClickHouseWarehouse:
        """The warehouse in a folder that ClickHouse opens in process."""
        address = Address("chdb", path=str(self.home / f"{self.name}.chdb"))
        return ClickHouseWarehouse(address, self.home / f"{self.name}.lock", Limits(threads=2))

    @property
    def duckdb(self) -> DuckDBWarehouse:
        """The warehouse in a DuckDB file."""
        return DuckDBWarehouse(self.home / f"{self.name}.duckdb", Engine(threads=2))

    def land(self, *files: LandingFile) -> None:
        """Let a writer leave these files."""
        for file in files:
            write(self.landing, file)

    def vanish(self, *files: LandingFile) -> None:
        """Let a lifecycle rule remove these files."""
        for file in files:
            (self.landing / file.key).unlink()

    def twin(self, home: Path) -> "Pipeline":
        """A copy to go on from. Its landing files are links to these, so their etags are the same."""
        shutil.copytree(self.landing, home / "landing", copy_function=os.link)
        for file in self.home.glob(f"{self.name}.duckdb*"):
            # The log beside the warehouse belongs to it.
            shutil.copy(file, home)
        if self.engine == "clickhouse":
            shutil.copytree(self.home / f"{self.name}.chdb", home / f"{self.name}.chdb", symlinks=True)
        return Pipeline(home, self.name, self.engine)

    @contextmanager
    def open(self) -> Iterator[Run]:
        """The warehouse open to write."""
        store = LandingStore.open(f"file://{self.landing}")
        with self.warehouse.writing() as writer:
            yield Run(writer, store)

    def build(self, *files: LandingFile) -> None:
        """Land these files and bring everything up to date."""
        self.land(*files)
        with self.open() as run:
            run.follow()


# ---- What the oracle says the tables hold


def differs_from_oracle(run: Run, files: Iterable[LandingFile]) -> dict[str, tuple[Table, Table]]:
    """The tables and documents that are not what the oracle says of the files: (too much, too little) by name."""
    held = list(files)
    expected, found = expected_tables(held), found_tables(run, held)
    if isinstance(run.writer, ClickHouseWriter):
        expected = {name: rows for name, rows in expected.items() if not name.startswith("yearly.")}
    assert expected.keys() == found.keys()
    return {
        name: (
            [row for row in found[name] if row not in rows],
            [row for row in rows if row not in found[name]],
        )
        for name, rows in expected.items()
        if sorted(found[name], key=repr) != sorted(rows, key=repr)
    }


def found_tables(run: Run, files: Sequence[LandingFile]) -> dict[str, Table]:
    """What the warehouse holds of all that the oracle knows, by the names of `expected_tables`."""
    tables = run.tables()
    found = {name: rows for name, rows in tables.items() if name not in NOT_IN_ORACLE}
    # An organization keeps its identity after the object that alone named it was changed.
    named = {row[0] for row in _dimension_tables(files)["wrapped_organizations"]}
    found["wrapped_organizations"] = [row for row in found["wrapped_organizations"] if row[0] in named]
    for year in YEARS:
        found[f"documents of {year}"] = sorted(run.documents(year).items())
    found["quarantined files"] = _quarantined_files(tables["landing.files"])
    found["quarantined rows"] = _quarantined_rows(tables["landing.quarantined_rows"], files)
    return found


# The ledger is in the quarantine and in the counts, summaries and editions are in the documents.
NOT_IN_ORACLE = (
    "landing.files",
    "landing.file_days",
    "landing.quarantined_rows",
    "wrapped_summaries",
    "wrapped_editions",
)


def expected_tables(files: Sequence[LandingFile], secret: bytes = SECRET) -> dict[str, Table]:
    """What every table and document must hold, by name."""
    tables: dict[str, Table] = {}
    for family in FAMILIES:
        rows = oracle.raw_rows(files, family)
        tables[f"raw.{family}"] = [tuple(row[column] for column in RAW_COLUMNS[family]) for row in rows]
        for level in ALL_LEVELS:
            for table in ROLLUPS[family]:
                tables[f"{level}.{table}"] = _rolled_up(table, rows, level)
    for year in YEARS:
        truth = oracle.truth(files, secret, year)
        tables[f"documents of {year}"] = sorted(
            (key, oracle.as_json(told).encode()) for key, told in truth.items()
        )
    tables["wrapped_days"] = [
        (year, wrapped, day["day"], day["requests"], day["errors"])
        for year in YEARS
        for wrapped, row in oracle.facts(files, secret, year).items()
        for day in row["days"]
    ]
    tables |= _dimension_tables(files, secret)
    tables["quarantined files"] = [(each.file.key, each.reason) for each in oracle.quarantined_files(files)]
    tables["quarantined rows"] = [(file.key, number) for file, number, _ in quarantined(files)]
    return tables


def _dimension_tables(files: Sequence[LandingFile], secret: bytes = SECRET) -> dict[str, Table]:
    """The dimensions, and who owns every organization that a snapshot or an event names."""
    tables: dict[str, Table] = {}
    first_named: dict[tuple[str, ...], datetime] = {}
    for name, declared in oracle.DIMENSIONS.items():
        for row in oracle.landed_rows(files, name):
            for id in ((name, *(row[column] for column in declared.key)), (name, row["organization_id"])):
                first_named[id] = min(first_named.get(id, row["exported_at"]), row["exported_at"])
        columns = DIMENSION_COLUMNS[name]
        tables[f"dimensions.{name}"] = [
            (
                *(row[column] for column in columns),
                first_named[name, *(row[column] for column in declared.key)],
            )
            for row in oracle.raw_rows(files, name)
        ]
    named = {row["organization_id"]: row for row in oracle.oldest_first(files, "organizations")}
    owners = oracle.customers(files)
    tables["wrapped_organizations"] = []
    for id in named.keys() | {row["organization_id"] for f in FAMILIES for row in oracle.raw_rows(files, f)}:
        customer, row = owners.get(id, id), named.get(id, {"name": None, "customer_name": None})
        name = row["name"] if row["customer_name"] is None else row["customer_name"]
        identity = oracle.wrapped_id(secret, customer)
        place = (id, customer, identity, name, first_named.get(("organizations", id)))
        tables["wrapped_organizations"].append(place)
    return tables


DIMENSION_COLUMNS = {
    "organizations": ("organization_id", "name", "customer_id", "customer_name", "exported_at", "region"),
    "workspaces": ("workspace_id", "organization_id", "name", "exported_at", "region"),
}
RAW_COLUMNS = {
    "pipe_stats": (
        "start_datetime",
        "organization_id",
        "workspace_id",
        "pipe_id",
        "pipe_name",
        "request_id",
        "status_code",
        "error",
        "duration_us",
        "read_bytes",
        "read_rows",
        "result_rows",
        "cpu_time_us",
        "method",
        "user_agent",
        "region",
        "exported_at",
    ),
    "ingestion": (
        "timestamp",
        "organization_id",
        "workspace_id",
        "operation_id",
        "datasource_id",
        "datasource_name",
        "event_type",
        "result",
        "error",
        "elapsed_time_us",
        "written_rows",
        "written_bytes",
        "written_rows_quarantine",
        "written_bytes_quarantine",
        "read_rows",
        "read_bytes",
        "cpu_time_us",
        "region",
        "exported_at",
    ),
    "storage": (
        "timestamp",
        "organization_id",
        "workspace_id",
        "datasource_id",
        "datasource_name",
        "bytes",
        "rows",
        "bytes_quarantine",
        "rows_quarantine",
        "region",
        "exported_at",
    ),
}


PERIODS = oracle.PERIODS | {"yearly": lambda at: at.date().replace(month=1, day=1)}


def _sums(*columns: str) -> list[Callable[[list[Row]], Any]]:
    def total(column: str) -> Callable[[list[Row]], Any]:
        return lambda rows: sum(row[column] or 0 for row in rows)

    return [len, *(total(column) for column in columns)]


def _unknown(column: str) -> Callable[[list[Row]], Any]:
    return lambda rows: sum(row[column] is None for row in rows)


def _newest(time: str) -> Callable[[list[Row]], Any]:
    return lambda rows: max(row[time] for row in rows)


def _last(column: str) -> Callable[[list[Row]], Any]:
    return lambda rows: max(rows, key=lambda row: row["timestamp"])[column]


# By table: the event time, the dimensions, and each measure from the raw rows of one period and dimension set.
AGGREGATES: dict[str, tuple[str, Sequence[str], Sequence[Callable[[list[Row]], Any]]]] = {
    "pipe_stats_requests": (
        "start_datetime",
        ("organization_id", "workspace_id", "pipe_id", "pipe_name", "region"),
        [
            *_sums("error"),
            _unknown("error"),
            *_sums("read_bytes", "read_rows", "result_rows")[1:],
            _unknown("result_rows"),
            *_sums("cpu_time_us")[1:],
            _newest("start_datetime"),
        ],
    ),
    "pipe_stats_durations": ("start_datetime", ("organization_id", "duration_bucket"), [len]),
    "pipe_stats_days": (
        "start_datetime",
        ("organization_id", "event_date"),
        [*_sums("error"), _unknown("error")],
    ),
    "pipe_stats_hours": ("start_datetime", ("organization_id", "hour_of_day"), [len]),
    "ingestion_operations": (
        "timestamp",
        ("organization_id", "workspace_id", "datasource_id", "event_type", "region"),
        [
            len,
            lambda rows: sum(row["result"] == "error" for row in rows),
            *_sums(
                "written_rows",
                "written_bytes",
                "written_rows_quarantine",
                "written_bytes_quarantine",
                "read_rows",
                "read_bytes",
                "elapsed_time_us",
                "cpu_time_us",
            )[1:],
        ],
    ),
    "storage_sizes": (
        "timestamp",
        ("organization_id", "workspace_id", "datasource_id", "datasource_name", "region"),
        [
            len,
            _newest("timestamp"),
            *(_last(column) for column in ("bytes", "rows", "bytes_quarantine", "rows_quarantine")),
            lambda rows: max(row["bytes"] for row in rows),
        ],
    ),
}


def _rolled_up(table: str, rows: Sequence[Row], level: str) -> Table:
    time, dimensions, measures = AGGREGATES[table]
    groups: dict[tuple[Any, ...], list[Row]] = {}
    for row in rows:
        told = row | {"event_date": row[time].date(), "hour_of_day": row[time].hour}
        if "duration_bucket" in dimensions:
            if row["duration_us"] is None:
                continue
            told["duration_bucket"] = oracle.duration_bucket(row["duration_us"])
        place = (PERIODS[level](row[time]), *(told[name] for name in dimensions))
        groups.setdefault(place, []).append(row)
    return [(*place, *(measure(held) for measure in measures)) for place, held in groups.items()]


def quarantined(files: Iterable[LandingFile]) -> Iterator[tuple[LandingFile, int, frozenset[str]]]:
    """Every impossible row of the files that load: its file, its number in it, and all that is wrong with it."""
    for file in files:
        if oracle.file_problem(file) is None:
            for number, row in enumerate(file.rows):
                if problems := oracle.row_problems(row, oracle.EVERYTHING[file.family]):
                    yield file, number, problems


# The pipeline's words for a quarantined file or row, and the oracle's.
FILE_REASONS = {
    "not a readable Parquet file": "unreadable",
    "its pages cannot be read": "unreadable",
    "required column": "missing_column",
    "expected": "wrong_type",
}
ROW_REASONS = {
    "is null": {"null"},
    "is negative": {"negative"},
    "is not a finite number": {"nan", "infinite"},
    "is neither 0 nor 1": {"error_flag"},
    "is longer than a year": {"too_long"},
    "is before 1990": {"before_1990"},
    "is before the year 1900": {"before_1990"},
    "is after the year 2299": {"after_export"},
    "is more than a day after exported_at": {"after_export"},
}


def _kind(reason: str, words: dict[str, Any]) -> Any:
    (kind,) = [kind for part, kind in words.items() if part in reason] or [reason]
    return kind


def _quarantined_files(ledger: Table) -> Table:
    rows = [(row[1], row[5], row[6]) for row in ledger]
    return [(key, _kind(reason, FILE_REASONS)) for key, state, reason in rows if state == "quarantined"]


def _quarantined_rows(rows: Table, files: Sequence[LandingFile]) -> Table:
    """(key, row number) of each row in quarantine; with the reason too where the oracle gives it no such reason."""
    allowed = {(file.key, number): problems for file, number, problems in quarantined(files)}
    return [
        (key, number)
        if _kind(reason, ROW_REASONS) & allowed.get((key, number), set())
        else (key, number, reason)
        for _, key, number, reason, _ in rows
    ]
