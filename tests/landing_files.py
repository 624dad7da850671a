"""Landing files for tests: rows with every column filled in, and the files that hold them, sound or broken.

A test says only what it is about: `request("org-2", at="2025-12-31T23:59:59.999")`. Rows are plain dicts
that hold exactly what the file will say, so the oracle reads the same truth as the pipeline. Nothing here
judges a row or a file; that is `tests/oracle.py`.
"""

import math
import os
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa  # type: ignore[import-untyped, unused-ignore]
import pyarrow.parquet as pq  # type: ignore[import-untyped, unused-ignore]

Row = dict[str, Any]
Damage = Literal["", "truncated", "not_parquet", "bad_pages", "no_bytes"]

# What a column holds, in words; `ARROW` says how Parquet stores it.
COLUMNS: dict[str, dict[str, str]] = {
    "pipe_stats": {
        "region": "text",
        "organization_id": "text",
        "workspace_id": "text",
        "exported_at": "time",
        "start_datetime": "time",
        "pipe_id": "text",
        "pipe_name": "text",
        "request_id": "text",
        "status_code": "status",
        "error": "flag",
        "duration": "seconds",
        "read_bytes": "counter",
        "read_rows": "counter",
        "result_rows": "counter",
        "cpu_time": "seconds",
        "method": "text",
        "user_agent": "text",
    },
    "ingestion": {
        "region": "text",
        "organization_id": "text",
        "workspace_id": "text",
        "exported_at": "time",
        "timestamp": "time",
        "operation_id": "text",
        "datasource_id": "text",
        "datasource_name": "text",
        "event_type": "text",
        "result": "text",
        "error": "text",
        "elapsed_time": "seconds",
        "written_rows": "counter",
        "written_bytes": "counter",
        "written_rows_quarantine": "counter",
        "written_bytes_quarantine": "counter",
        "read_rows": "counter",
        "read_bytes": "counter",
        "cpu_time": "seconds",
    },
    "storage": {
        "region": "text",
        "organization_id": "text",
        "workspace_id": "text",
        "exported_at": "time",
        "timestamp": "time",
        "datasource_id": "text",
        "datasource_name": "text",
        "bytes": "counter",
        "rows": "counter",
        "bytes_quarantine": "counter",
        "rows_quarantine": "counter",
    },
    "organizations": {
        "organization_id": "text",
        "name": "text",
        "customer_id": "text",
        "customer_name": "text",
        "exported_at": "time",
    },
    "workspaces": {
        "workspace_id": "text",
        "organization_id": "text",
        "name": "text",
        "exported_at": "time",
    },
}
# What a producer may leave out or say nothing of.
NULLABLE = {
    "pipe_stats": ("status_code", "error", "duration", "result_rows", "cpu_time", "method", "user_agent"),
    "ingestion": ("error", "elapsed_time", "read_rows", "read_bytes", "cpu_time"),
}
FAMILIES = ("pipe_stats", "ingestion", "storage")
DIMENSIONS = ("organizations", "workspaces")
EVENT_TIME = {"pipe_stats": "start_datetime", "ingestion": "timestamp", "storage": "timestamp"}

ARROW: dict[str, Any] = {
    "text": pa.string(),
    "time": pa.timestamp("ms"),
    "counter": pa.uint64(),
    "status": pa.int16(),
    "flag": pa.uint8(),
    "seconds": pa.float64(),
    # Other ways to store the same values, which a reader must cast.
    "signed counter": pa.int64(),
    "small counter": pa.int32(),
    "short seconds": pa.float32(),
    "wide status": pa.int32(),
    "wide flag": pa.int64(),
    "fine time": pa.timestamp("us"),
    # What some writers make of a column that is null throughout.
    "nothing": pa.null(),
    # Not a way to store anything but text.
    "wrong": pa.string(),
}
WIDENED = {
    "counter": "small counter",
    "seconds": "short seconds",
    "status": "wide status",
    "flag": "wide flag",
    "time": "fine time",
}


@dataclass(frozen=True)
class LandingFile:
    """One object of the landing store: its place, its rows, and how it differs from a sound file.

    `stored` maps a column to a word of `ARROW` when it is not stored the usual way, to "absent" when the file
    lacks it; extra columns appear there too.
    """

    family: str
    day: str
    region: str
    name: str
    rows: list[Row]
    stored: Mapping[str, str] = field(default_factory=dict)
    damage: Damage = ""

    @property
    def key(self) -> str:
        """The object's key below the landing root."""
        day = "" if self.family in DIMENSIONS else f"dt={self.day}/"
        return f"{self.family}/{day}region={self.region}/{self.name}.parquet"

    def columns(self) -> dict[str, str]:
        """The columns the file has, each with how it is stored."""
        stored = COLUMNS[self.family] | dict(self.stored)
        return {column: word for column, word in stored.items() if word != "absent"}


def request(
    org: str | None = "org-1",
    at: str | datetime | None = "2025-03-01T10:00:00",
    id: str | None = "r1",
    **overrides: Any,
) -> Row:
    """One API request (a row of pipe_stats), exported five minutes after it started."""
    return _row(
        "pipe_stats",
        {
            "region": "eu",
            "organization_id": org,
            "workspace_id": "ws-1",
            "exported_at": _five_minutes_after(at),
            "start_datetime": at,
            "pipe_id": "pipe-1",
            "pipe_name": "top_pages",
            "request_id": id,
            "status_code": 200,
            "error": 0,
            "duration": 0.25,
            "read_bytes": 1000,
            "read_rows": 100,
            "result_rows": 10,
            "cpu_time": 0.05,
            "method": "GET",
            "user_agent": "curl/8",
        },
        overrides,
    )


def operation(
    org: str | None = "org-1",
    at: str | datetime | None = "2025-03-01T10:00:00",
    id: str | None = "o1",
    **overrides: Any,
) -> Row:
    """One data source operation (a row of ingestion), exported five minutes after it happened."""
    return _row(
        "ingestion",
        {
            "region": "eu",
            "organization_id": org,
            "workspace_id": "ws-1",
            "exported_at": _five_minutes_after(at),
            "timestamp": at,
            "operation_id": id,
            "datasource_id": "ds-1",
            "datasource_name": "page_views",
            "event_type": "append",
            "result": "ok",
            "error": None,
            "elapsed_time": 0.5,
            "written_rows": 20,
            "written_bytes": 2000,
            "written_rows_quarantine": 0,
            "written_bytes_quarantine": 0,
            "read_rows": 20,
            "read_bytes": 2000,
            "cpu_time": 0.1,
        },
        overrides,
    )


def reading(
    org: str | None = "org-1",
    at: str | datetime | None = "2025-03-01T10:00:00",
    id: str | None = "ds-1",
    **overrides: Any,
) -> Row:
    """One size reading of the data source `id` (a row of storage), exported five minutes later."""
    return _row(
        "storage",
        {
            "region": "eu",
            "organization_id": org,
            "workspace_id": "ws-1",
            "exported_at": _five_minutes_after(at),
            "timestamp": at,
            "datasource_id": id,
            "datasource_name": "page_views",
            "bytes": 5000,
            "rows": 50,
            "bytes_quarantine": 0,
            "rows_quarantine": 0,
        },
        overrides,
    )


def organization(id: str | None = "org-1", **overrides: Any) -> Row:
    """One organization as a snapshot of New Year's Day 2025 saw it; it is its own customer."""
    return _row(
        "organizations",
        {
            "organization_id": id,
            "name": "Organization",
            "customer_id": None,
            "customer_name": None,
            "exported_at": "2025-01-01T00:00:00",
        },
        overrides,
    )


def workspace(id: str | None = "ws-1", org: str | None = "org-1", **overrides: Any) -> Row:
    """One workspace as a snapshot of New Year's Day 2025 saw it."""
    return _row(
        "workspaces",
        {
            "workspace_id": id,
            "organization_id": org,
            "name": "Workspace",
            "exported_at": "2025-01-01T00:00:00",
        },
        overrides,
    )


def family_of(row: Row) -> str:
    """The family or dimension a built row belongs to, told from its columns."""
    return next(family for family, columns in COLUMNS.items() if columns.keys() <= row.keys())


def files_of(*rows: Row, name: str = "export", region: str = "eu") -> list[LandingFile]:
    """The rows in their folders: one file per family, day and region. `region` is that of dimensions."""
    contents: dict[tuple[str, str, str], list[Row]] = {}
    for row in rows:
        family = family_of(row)
        day = "" if family in DIMENSIONS else f"{row[EVENT_TIME[family]] or datetime(2025, 3, 1):%Y-%m-%d}"
        contents.setdefault((family, day, row.get("region") or region), []).append(row)
    return [LandingFile(family, day, place, name, held) for (family, day, place), held in contents.items()]


def truncated(file: LandingFile) -> LandingFile:
    """The file as an interrupted copy leaves it: the beginning only."""
    return replace(file, damage="truncated")


def not_parquet(file: LandingFile) -> LandingFile:
    """A text file under the file's name."""
    return replace(file, damage="not_parquet")


def bad_pages(file: LandingFile) -> LandingFile:
    """The file with a sound footer over zeroed pages: counting its rows works, reading them does not."""
    return replace(file, damage="bad_pages")


def no_bytes(file: LandingFile) -> LandingFile:
    """A file of length zero."""
    return replace(file, damage="no_bytes")


def without_column(file: LandingFile, column: str) -> LandingFile:
    """The file without one column; its rows then say nothing (null) there."""
    rows = [row | {column: None} for row in file.rows]
    return replace(file, rows=rows, stored={**file.stored, column: "absent"})


def wrong_type(file: LandingFile, column: str) -> LandingFile:
    """The file with a column that is not text stored as text."""
    if COLUMNS[file.family][column] == "text":
        raise ValueError(f"{file.family}.{column} is text already.")
    return replace(file, stored={**file.stored, column: "wrong"})


def extra_column(file: LandingFile, column: str = "added_later") -> LandingFile:
    """The file with a column no contract names."""
    rows = [row | {column: f"extra {number}"} for number, row in enumerate(file.rows)]
    return replace(file, rows=rows, stored={**file.stored, column: "text"})


def widened(file: LandingFile, column: str) -> LandingFile:
    """The file with a column in another type that a reader can cast: int32 counters, float32 seconds, ..."""
    word = WIDENED[COLUMNS[file.family][column]]
    rows = file.rows
    if word == "short seconds":
        rows = [row | {column: _as_float32(row[column])} for row in rows]
    return replace(file, rows=rows, stored={**file.stored, column: word})


def can_widen(file: LandingFile, column: str) -> bool:
    """Whether every value of the column survives the type `widened` would store it in."""
    word = COLUMNS[file.family][column]
    values = [row[column] for row in file.rows if row[column] is not None]
    if word == "counter":
        return all(0 <= value < 2**31 for value in values)
    if word == "seconds":
        return all(not math.isfinite(value) or abs(value) < 3e38 for value in values)
    return word in WIDENED


def write(landing: Path, file: LandingFile) -> Path:
    """The file on disk, in its place below `landing`; a lister never sees half of it."""
    path = landing / file.key
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.unfinished")
    unfinished.write_bytes(content(file))
    os.replace(unfinished, path)
    return path


def content(file: LandingFile) -> bytes:
    """The bytes of the file."""
    whole = _parquet(file)
    match file.damage:
        case "truncated":
            return whole[: len(whole) * 2 // 3]
        case "not_parquet":
            return b"organization_id,requests\norg-1,42\n"
        case "bad_pages":
            footer = int.from_bytes(whole[-8:-4], "little") + 8
            return whole[:4] + bytes(len(whole) - 4 - footer) + whole[-footer:]
        case "no_bytes":
            return b""
    return whole


def _parquet(file: LandingFile) -> bytes:
    columns = {column: pa.array(*_values(file, column, word)) for column, word in file.columns().items()}
    sink = BytesIO()
    pq.write_table(pa.table(columns), sink)
    return sink.getvalue()


def _values(file: LandingFile, column: str, word: str) -> tuple[list[Any], Any]:
    values = [row[column] for row in file.rows]
    if word == "wrong":
        return [None if value is None else str(value) for value in values], ARROW[word]
    # Unsigned columns cannot say "less than nothing"; a writer who does has a signed one.
    if word == "counter" and any(value is not None and value < 0 for value in values):
        word = "signed counter"
    return values, ARROW[word]


def _row(family: str, defaults: Row, overrides: Row) -> Row:
    unknown = overrides.keys() - defaults.keys()
    if unknown:
        raise TypeError(f"{family} has no column {', '.join(sorted(unknown))}; it has {', '.join(defaults)}.")
    row = defaults | overrides
    for column, word in COLUMNS[family].items():
        if word == "time" and isinstance(row[column], str):
            row[column] = datetime.fromisoformat(row[column])
    return row


def _five_minutes_after(at: str | datetime | None) -> datetime:
    if at is None:
        return datetime(2025, 3, 1, 10, 5)
    return (datetime.fromisoformat(at) if isinstance(at, str) else at) + timedelta(minutes=5)


def _as_float32(value: float | None) -> float | None:
    if value is None:
        return None
    nearest: float = struct.unpack("<f", struct.pack("<f", value))[0]
    return nearest
