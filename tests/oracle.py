"""What the pipeline must say about a set of landing files, worked out the slow way from the landing contract.

Plain dicts, integers and loops, sharing no code with `wrapped_assets`: every table of the pipeline is
compared with a function of this module. It reads every row of every file each time: keep worlds small.

Where the contract leaves a choice, the function that makes it says so.
"""

import hashlib
import hmac
import json
import math
import unicodedata
import uuid
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from tests.landing_files import LandingFile, Row

Level = str
OLDEST_EVENT = datetime(1990, 1, 1)
LONGEST_LEAD = timedelta(days=1)
DURATION_LIMIT_US = 2**45
SMALLEST_COHORT = 100
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True)
class Family:
    """What the contract says about one family. `content`: every column outside the key, in declared order."""

    name: str
    key: tuple[str, ...]
    event_time: str
    content: tuple[str, ...]
    measures: tuple[str, ...]
    seconds: tuple[str, ...] = ()
    nullable: tuple[str, ...] = ()

    def landing_columns(self) -> list[str]:
        """The columns a file of this family holds. The region of a snapshot is its folder's."""
        columns = dict.fromkeys(self.key + self.content)
        return [c.removesuffix("_us") for c in columns if self.event_time or c != "region"]


FAMILIES = {
    family.name: family
    for family in (
        Family(
            name="pipe_stats",
            key=("organization_id", "request_id", "start_datetime"),
            event_time="start_datetime",
            content=(
                "exported_at",
                "workspace_id",
                "pipe_id",
                "pipe_name",
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
            ),
            measures=("error", "duration_us", "read_bytes", "read_rows", "result_rows", "cpu_time_us"),
            seconds=("duration", "cpu_time"),
            nullable=(
                "status_code",
                "error",
                "duration",
                "result_rows",
                "cpu_time",
                "method",
                "user_agent",
            ),
        ),
        Family(
            name="ingestion",
            key=("organization_id", "operation_id", "datasource_id", "event_type", "region", "timestamp"),
            event_time="timestamp",
            content=(
                "exported_at",
                "workspace_id",
                "datasource_name",
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
            ),
            measures=(
                "elapsed_time_us",
                "written_rows",
                "written_bytes",
                "written_rows_quarantine",
                "written_bytes_quarantine",
                "read_rows",
                "read_bytes",
                "cpu_time_us",
            ),
            seconds=("elapsed_time", "cpu_time"),
            nullable=("error", "elapsed_time", "read_rows", "read_bytes", "cpu_time"),
        ),
        Family(
            name="storage",
            key=("organization_id", "datasource_id", "region", "timestamp"),
            event_time="timestamp",
            content=(
                "exported_at",
                "workspace_id",
                "datasource_name",
                "bytes",
                "rows",
                "bytes_quarantine",
                "rows_quarantine",
            ),
            measures=("bytes", "rows", "bytes_quarantine", "rows_quarantine"),
        ),
    )
}
DIMENSIONS = {
    "organizations": Family(
        name="organizations",
        key=("region", "organization_id"),
        event_time="",
        content=("exported_at", "name", "customer_id", "customer_name"),
        measures=(),
        nullable=("name", "customer_id", "customer_name"),
    ),
    "workspaces": Family(
        name="workspaces",
        key=("region", "organization_id", "workspace_id"),
        event_time="",
        content=("exported_at", "name"),
        measures=(),
        nullable=("name",),
    ),
}
EVERYTHING = FAMILIES | DIMENSIONS


# ---- Landing: which files and rows count


@dataclass(frozen=True)
class QuarantinedFile:
    """A file left out whole: "unreadable", "missing_column" or "wrong_type"."""

    file: LandingFile
    reason: str


@dataclass(frozen=True)
class QuarantinedRow:
    """A row left out alone, with everything that is wrong with it."""

    file: LandingFile
    row: Row
    reasons: frozenset[str]


def file_problem(file: LandingFile) -> str | None:
    """Why the whole file is quarantined, or None. A nullable column may be missing: it reads as null."""
    if file.damage:
        return "unreadable"
    family = EVERYTHING[file.family]
    required = set(family.landing_columns()) - set(family.nullable)
    if not required <= file.columns().keys():
        return "missing_column"
    if "wrong" in file.stored.values():
        return "wrong_type"
    return None


def row_problems(row: Row, family: Family) -> frozenset[str]:
    """Why the row is quarantined; empty for a good row. A value is negative as it landed: -1e-9 s is."""
    problems = set()
    for column in family.landing_columns():
        if row[column] is None and column not in family.nullable:
            problems.add("null")
    for column in family.measures:
        value = row[column.removesuffix("_us")]
        if value is None:
            continue
        if value < 0:
            problems.add("negative")
        if math.isnan(value):
            problems.add("nan")
        if math.isinf(value):
            problems.add("infinite")
    if family.event_time and row[family.event_time] is not None:
        happened, exported = row[family.event_time], row["exported_at"]
        if happened < OLDEST_EVENT:
            problems.add("before_1990")
        if exported is not None and happened > exported + LONGEST_LEAD:
            problems.add("after_export")
    if family.name == "pipe_stats":
        if row["error"] not in (None, 0, 1):
            problems.add("error_flag")
        duration = row["duration"]
        if duration is not None and math.isfinite(duration) and microseconds(duration) >= DURATION_LIMIT_US:
            problems.add("too_long")
    return frozenset(problems)


def quarantined_files(files: Iterable[LandingFile]) -> list[QuarantinedFile]:
    """The files left out whole, in the order given."""
    problems = ((file, file_problem(file)) for file in files)
    return [QuarantinedFile(file, problem) for file, problem in problems if problem is not None]


def quarantined_rows(files: Iterable[LandingFile]) -> list[QuarantinedRow]:
    """The rows left out of files that load, once per file that brings them. Dimension snapshots included."""
    return [
        QuarantinedRow(file, row, problems)
        for file in files
        if file_problem(file) is None
        for row in file.rows
        if (problems := row_problems(row, EVERYTHING[file.family]))
    ]


def landed_rows(files: Iterable[LandingFile], family: str) -> list[Row]:
    """Every good row of every good file, duplicates included, seconds as integer microseconds."""
    return [
        _as_loaded(row, EVERYTHING[family]) | ({"region": file.region} if family in DIMENSIONS else {})
        for file in files
        if file.family == family and file_problem(file) is None
        for row in file.rows
        if not row_problems(row, EVERYTHING[family])
    ]


def microseconds(seconds: float) -> int:
    """The integer a duration becomes, rounded half up in double arithmetic as every engine does it."""
    return math.floor(seconds * 1e6 + 0.5)


def _as_loaded(row: Row, family: Family) -> Row:
    loaded: Row = {}
    for column in family.landing_columns():
        if column in family.seconds:
            loaded[column + "_us"] = None if row[column] is None else microseconds(row[column])
        else:
            loaded[column] = row[column]
    if not family.event_time:
        loaded |= {column: None for column in family.nullable if is_blank(loaded[column])}
    return loaded


def is_blank(text: str | None) -> bool:
    """Whether nothing of a name or an owner can be seen: separators (Z), control and format characters (C)."""
    return all(unicodedata.category(character)[0] in "ZC" for character in text or "")


# ---- Raw: one row per key


def raw_rows(files: Iterable[LandingFile], family: str) -> list[Row]:
    """The winning row of every key, in key order; for a dimension the newest snapshot of every id in each region.

    The highest `exported_at` wins, then the greatest values, column by column in declared order.
    """
    declared = EVERYTHING[family]
    winners: dict[tuple[Any, ...], Row] = {}
    for row in landed_rows(files, family):
        key = tuple(row[column] for column in declared.key)
        if key not in winners or _rank(row, declared) > _rank(winners[key], declared):
            winners[key] = row
    return [winners[key] for key in sorted(winners)]


def _rank(row: Row, family: Family) -> list[tuple[bool, Any]]:
    """What rows of one key are compared by: null is the lowest value, text compares as UTF-8 bytes."""
    return [(row[column] is not None, _comparable(row[column])) for column in family.content]


def _comparable(value: Any) -> Any:
    return value.encode() if isinstance(value, str) else value or 0


# ---- Rollups

PERIODS: dict[Level, Callable[[datetime], date]] = {
    "hourly": lambda at: at.replace(minute=0, second=0, microsecond=0),
    "daily": lambda at: at.date(),
    "weekly": lambda at: at.date() - timedelta(days=at.weekday()),
    "monthly": lambda at: at.date().replace(day=1),
}


def rollup(
    files: Iterable[LandingFile], family: str, level: Level, by: Sequence[str] = ("organization_id",)
) -> dict[tuple[Any, ...], dict[str, int]]:
    """What happened per (*by, period): `count`, and for each measure its sum.

    `by` names raw columns or "duration_bucket", and leaves out what has none. A period is its first hour (datetime) or day (date).
    Storage is a gauge: each measure is the sum over data sources of the last reading in the period, and
    `max_<measure>` the highest single reading.
    """
    declared = FAMILIES[family]
    groups: dict[tuple[Any, ...], list[Row]] = defaultdict(list)
    for row in raw_rows(files, family):
        dimensions = tuple(_dimension(row, name) for name in by)
        if None not in dimensions:
            groups[*dimensions, PERIODS[level](row[declared.event_time])].append(row)
    summarize = _gauge_of if family == "storage" else _sums_of
    return {key: summarize(rows, declared) for key, rows in groups.items()}


def _dimension(row: Row, name: str) -> Any:
    if name != "duration_bucket":
        return row[name]
    return None if row["duration_us"] is None else duration_bucket(row["duration_us"])


def _sums_of(rows: list[Row], family: Family) -> dict[str, int]:
    """A row that does not say a measure counts as 0."""
    return {"count": len(rows)} | {
        measure: sum(row[measure] or 0 for row in rows) for measure in family.measures
    }


def total(rows: Sequence[Row], column: str) -> int | None:
    """The sum; None, unknown, when one of the rows does not say it."""
    values = [row[column] for row in rows]
    return None if None in values else sum(values)


def _gauge_of(rows: list[Row], family: Family) -> dict[str, int]:
    last = last_readings(rows).values()
    return (
        {"count": len(rows)}
        | {measure: sum(row[measure] for row in last) for measure in family.measures}
        | {f"max_{measure}": max(row[measure] for row in rows) for measure in family.measures}
    )


def last_readings(readings: Iterable[Row]) -> dict[tuple[str, str, str], Row]:
    """The last reading of each data source, by (region, organization_id, datasource_id)."""
    last: dict[tuple[str, str, str], Row] = {}
    for reading in readings:
        source = reading["region"], reading["organization_id"], reading["datasource_id"]
        if source not in last or reading["timestamp"] > last[source]["timestamp"]:
            last[source] = reading
    return last


def duration_bucket(us: int) -> int:
    """The histogram bucket: exact below 256 us, then 128 buckets for every doubling."""
    if us < 256:
        return us
    exponent = us.bit_length() - 1
    return (exponent - 7) * 128 + (us >> (exponent - 7))


def largest_of_bucket(us: int) -> int:
    """The largest duration that shares the bucket of `us`: the leading eight bits, then ones."""
    return us if us < 256 else us | ((1 << (us.bit_length() - 8)) - 1)


def percentile(durations: Sequence[int | None], percent: int) -> int | None:
    """The nearest-rank percentile as the histogram tells it; None without durations, or when one is unknown."""
    known = sorted(duration for duration in durations if duration is not None)
    if not known or len(known) < len(durations):
        return None
    rank = -(-percent * len(known) // 100)
    return largest_of_bucket(known[rank - 1])


# ---- Customers


def customers(files: Iterable[LandingFile]) -> dict[str, str]:
    """The customer that every organization named by a snapshot belongs to; any other is its own customer.

    Of several regions the newest snapshot says it.
    """
    return {
        row["organization_id"]: row["organization_id"] if row["customer_id"] is None else row["customer_id"]
        for row in oldest_first(files, "organizations")
    }


Names = dict[tuple[str, str], list[Row]]
"""By (organization_id, workspace_id) what each region calls it, the newest last."""


def workspace_names(files: Iterable[LandingFile]) -> Names:
    """What the snapshots of names say of every workspace of an organization."""
    return _grouped(
        oldest_first(files, "workspaces"), lambda row: (row["organization_id"], row["workspace_id"])
    )


def workspace_name(names: Names, organization: str, region: str, workspace: str) -> str | None:
    """A workspace's name in its own region, or else the newest that its organization has for this id elsewhere."""
    said = names.get((organization, workspace), [{"region": region, "name": None}])
    newest = [row for row in said if row["region"] == region] or said
    name: str | None = newest[-1]["name"]
    return name


def oldest_first(files: Iterable[LandingFile], dimension: str) -> list[Row]:
    """What each region's newest snapshot says of every id, in the order in which one takes another's place."""
    declared = DIMENSIONS[dimension]
    return sorted(raw_rows(files, dimension), key=lambda row: (_rank(row, declared), row["region"].encode()))


def wrapped_id(secret: bytes, customer: str) -> str:
    """The customer's public id: the first half of HMAC-SHA256(secret, customer) as a version 8 UUID."""
    digest = bytearray(hmac.new(secret, customer.encode(), hashlib.sha256).digest()[:16])
    digest[6] = 0x80 | digest[6] & 0x0F
    digest[8] = 0x80 | digest[8] & 0x3F
    return str(uuid.UUID(bytes=bytes(digest)))


# ---- Facts: the integers and short lists of a customer's year


@dataclass(frozen=True)
class Year:
    """The winning rows of one year, each with a `customer`, and what names them."""

    year: int
    requests: list[Row]
    operations: list[Row]
    readings: list[Row]
    earlier_requests: list[Row]
    workspace_names: Names


def year_of(files: Sequence[LandingFile], year: int) -> Year:
    """Everything a year's documents are made of. An organization takes its past to its newest customer."""
    owners = customers(files)

    def rows(family: str, in_year: int) -> list[Row]:
        declared = FAMILIES[family]
        return [
            row | {"customer": owners.get(row["organization_id"], row["organization_id"])}
            for row in raw_rows(files, family)
            if row[declared.event_time].year == in_year
        ]

    return Year(
        year,
        rows("pipe_stats", year),
        rows("ingestion", year),
        rows("storage", year),
        rows("pipe_stats", year - 1),
        workspace_names(files),
    )


def facts(files: Sequence[LandingFile], secret: bytes, year: int) -> dict[str, dict[str, Any]]:
    """One row of integers and short lists per customer with any row in the year, by wrapped_id."""
    held = year_of(files, year)
    subjects = {row["customer"] for row in held.requests + held.operations + held.readings}
    return {
        wrapped_id(secret, customer): {"year": year, "wrapped_id": wrapped_id(secret, customer)}
        | _facts_of(customer, held)
        for customer in sorted(subjects)
    }


def _facts_of(customer: str, held: Year) -> dict[str, Any]:
    requests = [row for row in held.requests if row["customer"] == customer]
    operations = [row for row in held.operations if row["customer"] == customer]
    readings = [row for row in held.readings if row["customer"] == customer]
    earlier = [row for row in held.earlier_requests if row["customer"] == customer]
    durations = [row["duration_us"] for row in requests]
    cohort = Counter(row["customer"] for row in held.requests)
    return {
        "requests": len(requests),
        "errors": total(requests, "error"),
        "bytes_read": sum(row["read_bytes"] for row in requests),
        "rows_read": sum(row["read_rows"] for row in requests),
        "result_rows": total(requests, "result_rows"),
        "p50_us": percentile(durations, 50),
        "p95_us": percentile(durations, 95),
        "p99_us": percentile(durations, 99),
        "days": _days(requests),
        "hours": _hours(requests),
        "workspaces": _top_workspaces(requests, operations, held.workspace_names),
        "pipes": _top_pipes(requests),
        "regions": _regions(requests),
        **_storage(readings),
        "ingestion_bytes": sum(row["written_bytes"] for row in operations),
        "ingestion_rows": sum(row["written_rows"] for row in operations),
        "ingestion_operations": len(operations),
        "event_types": _event_types(operations),
        "previous_requests": len(earlier) or None,
        "previous_months": _previous_months(earlier),
        "previous_last_day": max((row["start_datetime"].date() for row in earlier), default=None),
        "fewer": sum(1 for count in cohort.values() if count < len(requests)),
        "cohort_size": len(cohort),
    }


def _days(requests: list[Row]) -> list[dict[str, Any]]:
    by_day = _grouped(requests, lambda row: row["start_datetime"].date())
    return [
        {"day": day, "requests": len(rows), "errors": total(rows, "error")}
        for day, rows in sorted(by_day.items())
    ]


def _previous_months(requests: list[Row]) -> list[dict[str, Any]]:
    by_month = _grouped(requests, lambda row: row["start_datetime"].month)
    return [
        {"first_day": min(row["start_datetime"] for row in rows).date(), "requests": len(rows)}
        for _, rows in sorted(by_month.items())
    ]


def _hours(requests: list[Row]) -> list[dict[str, Any]]:
    by_hour = _grouped(requests, lambda row: row["start_datetime"].hour)
    return [{"hour_of_day": hour, "requests": len(rows)} for hour, rows in sorted(by_hour.items())]


def _top_workspaces(requests: list[Row], operations: list[Row], names: Names) -> list[dict[str, Any]]:
    """Every workspace with a request or an operation stands for election, even one with no bytes at all."""

    def identity(row: Row) -> tuple[str, str, str]:
        return row["workspace_id"], row["organization_id"], row["region"]

    served, ingested = _grouped(requests, identity), _grouped(operations, identity)
    entries = {
        workspace: {
            "name": workspace_name(names, workspace[1], workspace[2], workspace[0]),
            "requests": len(served.get(workspace, [])),
            "bytes_read": sum(row["read_bytes"] for row in served.get(workspace, [])),
            "bytes_written": sum(row["written_bytes"] for row in ingested.get(workspace, [])),
        }
        for workspace in served.keys() | ingested.keys()
    }
    ranked = sorted(
        entries.items(),
        key=lambda item: (
            -item[1]["requests"],
            -item[1]["bytes_read"] - item[1]["bytes_written"],
            *_utf8(item[0]),
        ),
    )
    return [entry for _, entry in ranked[:5]]


def _top_pipes(requests: list[Row]) -> list[dict[str, Any]]:
    by_pipe = _grouped(requests, lambda row: (row["region"], row["organization_id"], row["pipe_id"]))
    ranked = sorted(by_pipe.items(), key=lambda item: (-len(item[1]), *_utf8(reversed(item[0]))))
    return [{"name": _newest_name(rows), "requests": len(rows)} for _, rows in ranked[:5]]


def _newest_name(requests: list[Row]) -> str:
    """The pipe's name at its newest request; of two in the same millisecond, the greater."""
    newest = max(requests, key=lambda row: (row["start_datetime"], row["pipe_name"].encode()))
    return str(newest["pipe_name"])


def _regions(requests: list[Row]) -> list[dict[str, Any]]:
    counts = Counter(row["region"] for row in requests)
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0].encode()))
    return [{"region": region, "requests": count} for region, count in ranked[:20]]


def _storage(readings: list[Row]) -> dict[str, Any]:
    if not readings:
        return {"storage_bytes": None, "storage_rows": None, "largest_datasource": None}
    last = last_readings(readings)
    largest = last[
        min(
            last, key=lambda source: (-last[source]["bytes"], -last[source]["rows"], *_utf8(reversed(source)))
        )
    ]
    return {
        "storage_bytes": sum(row["bytes"] for row in last.values()),
        "storage_rows": sum(row["rows"] for row in last.values()),
        # Its newest event is its last reading: a data source has one reading per instant.
        "largest_datasource": {
            "name": largest["datasource_name"],
            "bytes": largest["bytes"],
            "rows": largest["rows"],
        },
    }


def _event_types(operations: list[Row]) -> list[dict[str, Any]]:
    by_type = _grouped(operations, lambda row: row["event_type"])
    entries = [
        {
            "event_type": event_type,
            "bytes": sum(row["written_bytes"] for row in rows),
            "rows": sum(row["written_rows"] for row in rows),
            "operations": len(rows),
        }
        for event_type, rows in by_type.items()
    ]
    return sorted(entries, key=lambda entry: (-entry["bytes"], entry["event_type"].encode()))[:3]


def _grouped(rows: Iterable[Row], key: Callable[[Row], Any]) -> dict[Any, list[Row]]:
    groups: dict[Any, list[Row]] = defaultdict(list)
    for row in rows:
        groups[key(row)].append(row)
    return dict(groups)


def _utf8(identity: Iterable[str]) -> list[bytes]:
    return [part.encode() for part in identity]


# ---- Documents


def edition(files: Sequence[LandingFile], year: int) -> dict[str, Any] | None:
    """The year and how far it reaches: the newest export among the year's own rows. None without rows."""
    held = year_of(files, year)
    exports = [row["exported_at"] for row in held.requests + held.operations + held.readings]
    if not exports:
        return None
    last_instant = datetime(year + 1, 1, 1) - timedelta(milliseconds=1)
    return {"year": year, "through": min(max(exports), last_instant), "generated_at": max(exports)}


def truth(files: Sequence[LandingFile], secret: bytes, year: int) -> dict[str, dict[str, Any]]:
    """Every customer's document of the year, as JSON would load it, by wrapped_id."""
    rows, covered = facts(files, secret, year), edition(files, year)
    return {wrapped: document(row, covered) for wrapped, row in rows.items() if covered}


def as_json(document: dict[str, Any]) -> str:
    """The document as published: compact, in the contract's order, nothing escaped that need not be."""
    return json.dumps(document, separators=(",", ":"), ensure_ascii=False)


def document(row: dict[str, Any], covered: dict[str, Any]) -> dict[str, Any]:
    """The document that one row of facts becomes in an edition."""
    some = row["requests"] > 0
    days = {entry["day"]: entry for entry in row["days"]}
    return {
        "wrapped_id": row["wrapped_id"],
        "year": row["year"],
        "through": _instant(covered["through"]),
        "generated_at": _instant(covered["generated_at"]),
        "schema_version": 2,
        "requests": {
            "total": row["requests"],
            "errors": row["errors"],
            "error_rate": _half_up(row["errors"] * 10**6, row["requests"]) / 10**6
            if some and row["errors"] is not None
            else None,
            "bytes_read": row["bytes_read"],
            "rows_read": row["rows_read"],
            "result_rows": row["result_rows"],
            "p50_ms": row["p50_us"] / 1000 if row["p50_us"] is not None else None,
            "p95_ms": row["p95_us"] / 1000 if row["p95_us"] is not None else None,
            "p99_ms": row["p99_us"] / 1000 if row["p99_us"] is not None else None,
        },
        "peak_day": _peak_day(row["days"]) if some else None,
        "peak_hour": _peak_hour(row["hours"]) if some else None,
        "busiest_weekday": _busiest_weekday(row["days"]) if some else None,
        "active_days": len(days),
        "longest_streak_days": _longest_streak(row["year"], set(days)),
        "months": [_month(month, row["days"]) for month in range(1, 13)],
        "days": [days[day]["requests"] if day in days else 0 for day in _days_of(row["year"])],
        "storage": {
            "bytes": row["storage_bytes"],
            "rows": row["storage_rows"],
            "largest_datasource": row["largest_datasource"],
        }
        if row["storage_bytes"] is not None
        else None,
        "ingestion": {
            "bytes": row["ingestion_bytes"],
            "rows": row["ingestion_rows"],
            "operations": row["ingestion_operations"],
            "top_event_types": row["event_types"],
        }
        if row["ingestion_operations"] > 0
        else None,
        "top_workspaces": _workspace_shares(row),
        "top_pipes": row["pipes"],
        "regions": row["regions"],
        "previous_year": {
            "requests": row["previous_requests"],
            **_comparison(row, covered["through"]),
        }
        if row["previous_requests"] is not None
        else None,
        "rank": {"percentile": 100 * row["fewer"] // row["cohort_size"], "cohort_size": row["cohort_size"]}
        if some and row["cohort_size"] >= SMALLEST_COHORT
        else None,
    }


def largest_remainder(amounts: Sequence[int], units: int) -> list[int]:
    """`units` shared out in proportion to the amounts, to the last one; all zero when all amounts are."""
    total = sum(amounts)
    if total == 0:
        return [0] * len(amounts)
    shares = [amount * units // total for amount in amounts]
    by_remainder = sorted(range(len(amounts)), key=lambda index: (-(amounts[index] * units % total), index))
    for index in by_remainder[: units - sum(shares)]:
        shares[index] += 1
    return shares


def _workspace_shares(row: dict[str, Any]) -> list[dict[str, Any]]:
    entries = []
    unnamed = 0
    for workspace in row["workspaces"]:
        name = workspace["name"]
        if name is None:
            unnamed += 1
            name = f"Workspace {unnamed}"
        entries.append({**workspace, "name": name})
    other = {
        "name": "other",
        "requests": row["requests"] - sum(entry["requests"] for entry in entries),
        "bytes_read": row["bytes_read"] - sum(entry["bytes_read"] for entry in entries),
        "bytes_written": row["ingestion_bytes"] - sum(entry["bytes_written"] for entry in entries),
    }
    if other["requests"] or other["bytes_read"] or other["bytes_written"]:
        entries.append(other)
    read = largest_remainder([entry["bytes_read"] for entry in entries], 1000)
    written = largest_remainder([entry["bytes_written"] for entry in entries], 1000)
    return [
        {
            "name": entry["name"],
            "requests": entry["requests"],
            "read_pct": reads / 10,
            "write_pct": writes / 10,
        }
        for entry, reads, writes in zip(entries, read, written, strict=True)
    ]


def _peak_day(days: list[dict[str, Any]]) -> dict[str, Any]:
    peak = min(days, key=lambda entry: (-entry["requests"], entry["day"]))
    return {"date": peak["day"].isoformat(), "requests": peak["requests"]}


def _peak_hour(hours: list[dict[str, Any]]) -> dict[str, Any]:
    return min(hours, key=lambda entry: (-entry["requests"], entry["hour_of_day"]))


def _busiest_weekday(days: list[dict[str, Any]]) -> str:
    requests = [0] * 7
    for entry in days:
        requests[entry["day"].weekday()] += entry["requests"]
    return WEEKDAYS[requests.index(max(requests))]


def _longest_streak(year: int, active: set[date]) -> int:
    longest = current = 0
    for day in _days_of(year):
        current = current + 1 if day in active else 0
        longest = max(longest, current)
    return longest


def _month(month: int, days: list[dict[str, Any]]) -> dict[str, int | None]:
    inside = [entry for entry in days if entry["day"].month == month]
    return {
        "month": month,
        "requests": sum(entry["requests"] for entry in inside),
        "errors": None
        if any(entry["errors"] is None for entry in inside)
        else sum(entry["errors"] for entry in inside),
    }


def _days_of(year: int) -> list[date]:
    first = date(year, 1, 1)
    return [first + timedelta(days=offset) for offset in range((date(year + 1, 1, 1) - first).days)]


def _comparison(row: dict[str, Any], through: datetime) -> dict[str, Any]:
    """How much the months changed that both years have whole: from the first request's to the last one's, if they have ended."""
    if not row["previous_months"] or not row["days"]:
        return {"change_pct": None, "compared": None}
    earlier = (row["previous_months"][0]["first_day"], row["previous_last_day"])
    these = (row["days"][0]["day"], row["days"][-1]["day"])
    whole = [
        month
        for month in range(1, 13)
        if all(
            first < date(first.year, month, 8) and last >= _end(last.year, month) - timedelta(days=7)
            for first, last in (earlier, these)
        )
        and through + timedelta(milliseconds=1) >= datetime.combine(_end(row["year"], month), time())
    ]
    before = sum(e["requests"] for e in row["previous_months"] if e["first_day"].month in whole)
    if not before:
        return {"change_pct": None, "compared": None}
    now = sum(entry["requests"] for entry in row["days"] if entry["day"].month in whole)
    months = {"first_month": whole[0], "last_month": whole[-1]}
    return {
        "change_pct": _change_pct(now, before),
        "compared": {**months, "previous_requests": before, "requests": now},
    }


def _end(year: int, month: int) -> date:
    """The first day after a month."""
    return date(year, month + 1, 1) if month < 12 else date(year + 1, 1, 1)


def _change_pct(now: int, before: int) -> float:
    tenths = _half_up(abs(now - before) * 1000, before)
    return (tenths if now >= before else -tenths) / 10


def _half_up(numerator: int, denominator: int) -> int:
    """A ratio of non-negative integers rounded to an integer, half up."""
    return (2 * numerator + denominator) // (2 * denominator)


def _instant(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds") + "Z"
