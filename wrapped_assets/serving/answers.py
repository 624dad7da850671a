"""The flat summary: one row of numbers for some customers and days, from rows of their organizations.

Plain functions. What the columns mean is the summary document's meaning of the same words (docs/summary.md), for the days asked for.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from wrapped_assets.summaries import EventType, WorkspaceFacts, WorkspaceShare, without_emails, workspace_shares

Row = tuple[Any, ...]

TOP_WORKSPACES = 5
TOP_EVENT_TYPES = 3


@dataclass(frozen=True)
class Answer:
    """Rows with their columns, each a name and ClickHouse's name of its type, and what it took to make them."""

    columns: list[tuple[str, str]]
    rows: list[Row]
    rows_read: int
    bytes_read: int


@dataclass(frozen=True)
class Parts:
    """The rows that an answer is made of, of disjoint periods: (organization, period, ...) each, as the snapshot has them."""

    requests: list[Row] = field(default_factory=list)
    operations: list[Row] = field(default_factory=list)
    sizes: list[Row] = field(default_factory=list)
    day_totals: list[Row] = field(default_factory=list)


@dataclass(frozen=True)
class Names:
    """What organizations and workspaces are called: ids settle ties, names are shown."""

    organization_ids: Mapping[int, str]
    workspaces: Mapping[str, str | None]


SUMMARY_COLUMNS: list[tuple[str, str]] = [
    ("total_requests", "UInt64"),
    ("total_errors", "UInt64"),
    ("total_bytes_read", "UInt128"),
    ("total_rows_read", "UInt128"),
    ("peak_date", "Nullable(Date)"),
    ("peak_requests", "UInt64"),
    ("storage_bytes", "UInt128"),
    ("storage_rows", "UInt128"),
    ("largest_datasource", "Nullable(String)"),
    ("largest_datasource_bytes", "UInt128"),
    ("ingestion_bytes", "UInt128"),
    ("ingestion_rows", "UInt128"),
    ("top_event_types", "Array(Tuple(event_type String, bytes UInt128, rows UInt128, operations UInt64))"),
    ("top_workspaces", "Array(Tuple(name String, requests UInt64, read_pct Float64, write_pct Float64))"),
]


def summary_row(parts: Parts, names: Names) -> Row:
    """The values of SUMMARY_COLUMNS. Without any activity they are zeros, nulls and empty lists."""
    requests, errors, bytes_read, rows_read = _totals(parts.requests, 3)
    _, bytes_written, rows_written = _totals(parts.operations, 4)
    return (
        requests,
        errors,
        bytes_read,
        rows_read,
        *_peak(parts.day_totals),
        *_storage(parts.sizes, names),
        bytes_written,
        rows_written,
        _top_event_types(parts.operations),
        _top_workspaces(parts, names),
    )


def _totals(rows: Iterable[Row], first: int) -> list[int]:
    """The sums of the columns from number `first` on."""
    width = {3: 4, 4: 3}[first]
    totals = [0] * width
    for row in rows:
        for number in range(width):
            totals[number] += row[first + number]
    return totals


def _peak(day_totals: Iterable[Row]) -> tuple[Any, int]:
    """The day with most requests, the earliest of equals."""
    by_day: dict[Any, int] = defaultdict(int)
    for _, day, requests, _ in day_totals:
        by_day[day] += requests
    if not by_day:
        return None, 0
    return min(by_day.items(), key=lambda item: (-item[1], item[0]))


def _storage(sizes: Iterable[Row], names: Names) -> tuple[int, int, str | None, int]:
    """Of each data source its last reading, summed, and the largest of them: a gauge, never a sum over time."""
    last: dict[tuple[int, str], Row] = {}
    for row in sizes:
        source = row[0], row[2]
        if source not in last or row[4] > last[source][4]:
            last[source] = row
    if not last:
        return 0, 0, None, 0
    largest = min(
        last.values(), key=lambda row: (-row[5], -row[6], _bytes(row[2]), _bytes(names.organization_ids[row[0]]))
    )
    stored, rows = sum(row[5] for row in last.values()), sum(row[6] for row in last.values())
    return stored, rows, without_emails(largest[3]), largest[5]


def _top_event_types(operations: Iterable[Row]) -> list[dict[str, Any]]:
    totals: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for _, _, _, event_type, count, written_bytes, written_rows in operations:
        total = totals[event_type]
        total[0] += written_bytes
        total[1] += written_rows
        total[2] += count
    ranked = sorted(totals.items(), key=lambda item: (-item[1][0], _bytes(item[0])))
    return [
        EventType(event_type=name, bytes=stored, rows=rows, operations=count).model_dump()
        for name, (stored, rows, count) in ranked[:TOP_EVENT_TYPES]
    ]


def _top_workspaces(parts: Parts, names: Names) -> list[dict[str, Any]]:
    totals: dict[tuple[int, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    for organization, _, workspace, requests, _, read_bytes, _ in parts.requests:
        total = totals[organization, workspace]
        total[0] += requests
        total[1] += read_bytes
    for organization, _, workspace, _, _, written_bytes, _ in parts.operations:
        totals[organization, workspace][2] += written_bytes
    ranked = sorted(
        totals.items(),
        key=lambda item: (
            -item[1][0],
            -item[1][1] - item[1][2],
            _bytes(item[0][1]),
            _bytes(names.organization_ids[item[0][0]]),
        ),
    )
    listed = [
        WorkspaceFacts(
            name=names.workspaces.get(workspace), requests=requests, bytes_read=read, bytes_written=written
        )
        for (_, workspace), (requests, read, written) in ranked[:TOP_WORKSPACES]
    ]
    all_of_it = [sum(total[number] for total in totals.values()) for number in range(3)]
    return [_share(share) for share in workspace_shares(listed, *all_of_it)]


def _share(share: WorkspaceShare) -> dict[str, Any]:
    return share.model_dump()


def _bytes(text: str) -> bytes:
    """Text compares by its bytes, as it does in the warehouses."""
    return text.encode()
