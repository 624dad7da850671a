"""The metric families and the two dimensions: what lands, what identifies a row, what is rolled up.

This is the one declaration that every layer, check and statement is built from. A family's own
SQL is in `sql/*/hourly/<family>_<rollup>.sql`; everything else follows from here. Nothing in this
module knows an engine or Dagster.
"""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["text", "instant", "counter", "code", "flag", "seconds"]
Merge = Literal["sum", "max", "last"]


@dataclass(frozen=True)
class Column:
    """One column of a landing file.

    `kind` is what the value means, not how a file stores it: `text`; `instant` (UTC); `counter`
    (0 to 2^64 - 1); `code` (a small integer); `flag` (0 or 1); `seconds` (a non-negative decimal,
    kept from raw on as whole microseconds under `<name>_us`). `unique` when hardly two events share
    a value, so that looking for repetitions is lost time; `few` when a day's events share a few values. `blank_is_null` when a text without a
    visible character says nothing: it is read as null.
    """

    name: str
    kind: Kind
    description: str
    nullable: bool = False
    unique: bool = False
    few: bool = False
    blank_is_null: bool = False

    @property
    def raw_name(self) -> str:
        """The column's name from raw on, where durations are whole microseconds."""
        return f"{self.name}_us" if self.kind == "seconds" else self.name

    @property
    def null_as(self) -> str:
        """What takes the place of a null where a comparison or a hash takes none."""
        return "''" if self.kind == "text" else "0"


@dataclass(frozen=True)
class Measure:
    """One aggregated column of a rollup.

    `merge` says how two states become one. `from_raw` is the same number as one aggregate over
    raw rows: the conservation checks compare the two, the hourly SQL is written by hand.
    A `last` measure is the value at the newest `last_at` of its row.
    """

    name: str
    merge: Merge
    kind: Literal["count", "total", "instant"]
    from_raw: str
    description: str


@dataclass(frozen=True)
class Rollup:
    """One dimension set of a family, kept per hour, day, ISO week and month, in DuckDB per year too. Its first measure counts its rows."""

    name: str
    dimensions: tuple[str, ...]
    measures: tuple[Measure, ...]
    description: str

    @property
    def adds_up(self) -> bool:
        """Whether every measure is a sum, so that a change below can be added to what is here."""
        return all(measure.merge == "sum" for measure in self.measures)


@dataclass(frozen=True)
class Family:
    """One kind of event: its landing columns, its unique key and its rollups."""

    name: str
    one_row_is: str
    event_time: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    rollups: tuple[Rollup, ...]

    def table(self, rollup: Rollup) -> str:
        """The rollup's table name inside each layer's schema, such as `pipe_stats_requests`."""
        return f"{self.name}_{rollup.name}"

    @property
    def contents(self) -> tuple[Column, ...]:
        """What may differ between two versions of one row, in the order that settles ties."""
        return tuple(c for c in self.columns if c.name not in (*self.key, "exported_at"))


@dataclass(frozen=True)
class Dimension:
    """Names and owners that arrive as whole snapshots; of each region the newest snapshot of an id wins.

    The key has no column for the region: it is that of the snapshot's folder, and belongs to every key.
    """

    name: str
    one_row_is: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    event_time: None = None

    @property
    def contents(self) -> tuple[Column, ...]:
        """What may differ between two snapshots of one id, in the order that settles ties."""
        return tuple(c for c in self.columns if c.name not in (*self.key, "exported_at"))


Source = Family | Dimension
"""Whatever lands as files."""


def _text(name: str, description: str, nullable: bool = False) -> Column:
    return Column(name, "text", description, nullable)


def _label(name: str, description: str, nullable: bool = False) -> Column:
    return Column(name, "text", description, nullable, few=True)


def _name(name: str, description: str) -> Column:
    return Column(name, "text", description, nullable=True, blank_is_null=True)


def _counter(name: str, description: str, nullable: bool = False) -> Column:
    return Column(name, "counter", description, nullable)


def _count(name: str, description: str) -> Measure:
    return Measure(name, "sum", "count", "count(*)", description)


def _total(name: str, description: str, source: str | None = None) -> Measure:
    return Measure(name, "sum", "total", f"sum({source or name})", description)


def _known(name: str, description: str, source: str | None = None) -> Measure:
    """The sum over the rows that say it, of a column that may be null."""
    silent = "Rows that do not say it add nothing."
    return Measure(name, "sum", "total", f"sum(coalesce({source or name}, 0))", f"{description} {silent}")


def _unknown(name: str, source: str) -> Measure:
    return Measure(
        f"{name}_unknown",
        "sum",
        "count",
        f"count(*) filter (where {source} is null)",
        f"Rows that do not say {source}.",
    )


ORGANIZATION = _text("organization_id", "Internal id of the organization, one in all regions.")
WORKSPACE = _label("workspace_id", "Internal id of the workspace, unique within its organization and region.")
REGION = _label("region", "Name of the region whose database logged the event.")
EXPORTED_AT = Column("exported_at", "instant", "When the region exported the row: its version.")

PIPE_STATS = Family(
    name="pipe_stats",
    one_row_is="one API request",
    event_time="start_datetime",
    key=("organization_id", "request_id", "start_datetime"),
    columns=(
        Column("start_datetime", "instant", "When the request began, UTC, to the millisecond."),
        ORGANIZATION,
        WORKSPACE,
        _text("pipe_id", "Internal id of the pipe (endpoint) called, unique like the workspace's."),
        _label("pipe_name", "The pipe's name at the time of the request."),
        Column(
            "request_id", "text", "The request's id, unique within its organization and instant.", unique=True
        ),
        Column("status_code", "code", "HTTP status answered.", nullable=True),
        Column("error", "flag", "1 when the request failed, else 0.", nullable=True),
        Column("duration", "seconds", "Time from request to answer.", nullable=True),
        _counter("read_bytes", "Bytes scanned to answer the request."),
        _counter("read_rows", "Rows scanned to answer the request."),
        _counter("result_rows", "Rows in the answer.", nullable=True),
        Column("cpu_time", "seconds", "CPU time the request cost.", nullable=True),
        _label("method", "HTTP method.", nullable=True),
        _text("user_agent", "The client's user agent.", nullable=True),
        REGION,
        EXPORTED_AT,
    ),
    rollups=(
        Rollup(
            "requests",
            ("organization_id", "workspace_id", "pipe_id", "pipe_name", "region"),
            (
                _count("requests", "Requests."),
                _known("errors", "Failed requests.", "error"),
                _unknown("errors", "error"),
                _total("read_bytes", "Bytes scanned."),
                _total("read_rows", "Rows scanned."),
                _known("result_rows", "Rows answered."),
                _unknown("result_rows", "result_rows"),
                _known("cpu_time_us", "CPU time in microseconds."),
                Measure("last_at", "max", "instant", "max(start_datetime)", "Newest request."),
            ),
            "Requests by pipe: the basis of totals, top pipes, top workspaces and regions.",
        ),
        Rollup(
            "durations",
            ("organization_id", "duration_bucket"),
            (
                Measure(
                    "requests",
                    "sum",
                    "count",
                    "count(duration_us)",
                    "Requests whose duration falls into the bucket.",
                ),
            ),
            "The histogram of durations; each bucket is at most 1 % wide, so percentiles are exact to 1 %. "
            "A request that does not say its duration is in none.",
        ),
        Rollup(
            "days",
            ("organization_id", "event_date"),
            (
                _count("requests", "Requests."),
                _known("errors", "Failed requests.", "error"),
                _unknown("errors", "error"),
            ),
            "Requests by calendar day, whatever the period of the row: the heat map and the peak day.",
        ),
        Rollup(
            "hours",
            ("organization_id", "hour_of_day"),
            (_count("requests", "Requests."),),
            "Requests by hour of the day, 0 to 23 UTC: the peak hour.",
        ),
    ),
)

INGESTION = Family(
    name="ingestion",
    one_row_is="one data source operation",
    event_time="timestamp",
    key=("organization_id", "operation_id", "datasource_id", "event_type", "region", "timestamp"),
    columns=(
        Column("timestamp", "instant", "When the operation ran, UTC."),
        ORGANIZATION,
        WORKSPACE,
        Column("operation_id", "text", "The operation's id.", unique=True),
        _text(
            "datasource_id", "Internal id of the data source written or read, unique like the workspace's."
        ),
        _label("datasource_name", "The data source's name at the time."),
        _label(
            "event_type", "append, append-hfi, append-kafka, replace, copy, populateview, delete, truncate..."
        ),
        _label("result", "ok or error."),
        _text("error", "What went wrong, if anything.", nullable=True),
        Column("elapsed_time", "seconds", "How long the operation took.", nullable=True),
        _counter("written_rows", "Rows written."),
        _counter("written_bytes", "Bytes written."),
        _counter("written_rows_quarantine", "Rows the data source itself quarantined."),
        _counter("written_bytes_quarantine", "Bytes the data source itself quarantined."),
        _counter("read_rows", "Rows read.", nullable=True),
        _counter("read_bytes", "Bytes read.", nullable=True),
        Column("cpu_time", "seconds", "CPU time the operation cost.", nullable=True),
        REGION,
        EXPORTED_AT,
    ),
    rollups=(
        Rollup(
            "operations",
            ("organization_id", "workspace_id", "datasource_id", "event_type", "region"),
            (
                _count("operations", "Operations."),
                Measure(
                    "failures",
                    "sum",
                    "count",
                    "count(*) filter (where result = 'error')",
                    "Operations that failed.",
                ),
                _total("written_rows", "Rows written."),
                _total("written_bytes", "Bytes written."),
                _total("written_rows_quarantine", "Rows quarantined by the data source."),
                _total("written_bytes_quarantine", "Bytes quarantined by the data source."),
                _known("read_rows", "Rows read."),
                _known("read_bytes", "Bytes read."),
                _known("elapsed_time_us", "Elapsed time in microseconds."),
                _known("cpu_time_us", "CPU time in microseconds."),
            ),
            "Operations by data source and event type.",
        ),
    ),
)

STORAGE = Family(
    name="storage",
    one_row_is="one size reading of one data source",
    event_time="timestamp",
    key=("organization_id", "datasource_id", "region", "timestamp"),
    columns=(
        Column("timestamp", "instant", "When the size was read, UTC."),
        ORGANIZATION,
        WORKSPACE,
        _text("datasource_id", "Internal id of the data source, unique like the workspace's."),
        _label("datasource_name", "The data source's name at the time."),
        _counter("bytes", "Bytes stored."),
        _counter("rows", "Rows stored."),
        _counter("bytes_quarantine", "Bytes in the data source's own quarantine."),
        _counter("rows_quarantine", "Rows in the data source's own quarantine."),
        REGION,
        EXPORTED_AT,
    ),
    rollups=(
        Rollup(
            "sizes",
            ("organization_id", "workspace_id", "datasource_id", "datasource_name", "region"),
            (
                _count("readings", "Size readings."),
                Measure("last_at", "max", "instant", "max(timestamp)", "When the newest reading was taken."),
                Measure(
                    "bytes", "last", "total", "arg_max(bytes, timestamp)", "Bytes at the newest reading."
                ),
                Measure("rows", "last", "total", "arg_max(rows, timestamp)", "Rows at the newest reading."),
                Measure(
                    "bytes_quarantine",
                    "last",
                    "total",
                    "arg_max(bytes_quarantine, timestamp)",
                    "Quarantined bytes at the newest reading.",
                ),
                Measure(
                    "rows_quarantine",
                    "last",
                    "total",
                    "arg_max(rows_quarantine, timestamp)",
                    "Quarantined rows at the newest reading.",
                ),
                Measure("max_bytes", "max", "total", "max(bytes)", "Largest reading of the period."),
            ),
            "Sizes by data source: a gauge, so the newest reading and the largest, never a sum over time.",
        ),
    ),
)

FAMILIES: dict[str, Family] = {family.name: family for family in (PIPE_STATS, INGESTION, STORAGE)}

ORGANIZATIONS = Dimension(
    name="organizations",
    one_row_is="one organization",
    key=("organization_id",),
    columns=(
        ORGANIZATION,
        _name("name", "The organization's name."),
        _name("customer_id", "Id of the owning customer; null or blank when it is its own."),
        _name("customer_name", "The owning customer's name."),
        EXPORTED_AT,
    ),
)

WORKSPACES = Dimension(
    name="workspaces",
    one_row_is="one workspace",
    key=("organization_id", "workspace_id"),
    columns=(
        WORKSPACE,
        ORGANIZATION,
        _name("name", "The workspace's name."),
        EXPORTED_AT,
    ),
)

DIMENSIONS: dict[str, Dimension] = {dimension.name: dimension for dimension in (ORGANIZATIONS, WORKSPACES)}

SOURCES: dict[str, Source] = {**FAMILIES, **DIMENSIONS}
