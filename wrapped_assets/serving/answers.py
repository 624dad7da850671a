"""The flat summary: one row of numbers for some customers and days, from the parts of their organizations.

Plain functions. What the columns mean is the summary document's meaning of the same words (docs/summary.md), for the days asked for.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from wrapped_assets.summaries import EventType, WorkspaceFacts, without_emails, workspace_shares

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


@dataclass
class Totals:
    """What the parts add up to."""

    requests: int = 0
    errors: int = 0
    bytes_read: int = 0
    rows_read: int = 0
    bytes_written: int = 0
    rows_written: int = 0
    # By day.
    days: dict[date, int] = field(default_factory=dict)
    # By (organization, workspace): requests, bytes read, bytes written.
    workspaces: dict[tuple[int, str], list[int]] = field(default_factory=dict)
    # By event type: bytes, rows, operations.
    event_types: dict[str, list[int]] = field(default_factory=dict)
    # By (organization, data source): when it was last read, its name, bytes and rows then.
    sizes: dict[tuple[int, str], tuple[Any, str, int, int]] = field(default_factory=dict)

    def add(self, parts: Iterable[Row], are_days: bool) -> None:
        """Add parts (with the columns of `Part`): of days, or of months, whose days are in a part of their own."""
        for _, organization, period, kind, id, label, amount, errors, bytes, rows, last_at in parts:
            if kind == "requests":
                self._add_requests(organization, id, amount, errors, bytes, rows)
                if are_days:
                    self.days[period] = self.days.get(period, 0) + amount
            elif kind == "operations":
                self._add_operations(organization, id, label, amount, bytes, rows)
            elif kind == "sizes":
                self._add_reading(organization, id, (last_at, label, bytes, rows))
            else:
                self._add_days(period, label)

    def _add_requests(
        self, organization: int, workspace: str, requests: int, errors: int, bytes: int, rows: int
    ) -> None:
        self.requests += requests
        self.errors += errors
        self.bytes_read += bytes
        self.rows_read += rows
        total = self.workspaces.setdefault((organization, workspace), [0, 0, 0])
        total[0] += requests
        total[1] += bytes

    def _add_operations(
        self, organization: int, workspace: str, event_type: str, operations: int, bytes: int, rows: int
    ) -> None:
        self.bytes_written += bytes
        self.rows_written += rows
        self.workspaces.setdefault((organization, workspace), [0, 0, 0])[2] += bytes
        total = self.event_types.setdefault(event_type, [0, 0, 0])
        total[0] += bytes
        total[1] += rows
        total[2] += operations

    def _add_reading(self, organization: int, datasource: str, reading: tuple[Any, str, int, int]) -> None:
        """A gauge: only the last reading counts."""
        known = self.sizes.get((organization, datasource))
        if known is None or reading[0] > known[0]:
            self.sizes[organization, datasource] = reading

    def _add_days(self, month: date, label: str) -> None:
        """The days of a month as '1:20,31:7'."""
        for part in label.split(","):
            number, requests = part.split(":")
            day = month.replace(day=int(number))
            self.days[day] = self.days.get(day, 0) + int(requests)


def summary_row(totals: Totals, names: Names) -> Row:
    """The values of SUMMARY_COLUMNS. Without any activity they are zeros, nulls and empty lists."""
    return (
        totals.requests,
        totals.errors,
        totals.bytes_read,
        totals.rows_read,
        *_peak(totals.days),
        *_storage(totals, names),
        totals.bytes_written,
        totals.rows_written,
        _top_event_types(totals),
        _top_workspaces(totals, names),
    )


def _peak(days: Mapping[date, int]) -> tuple[date | None, int]:
    """The day with most requests, the earliest of equals."""
    if not days:
        return None, 0
    most = max(days.values())
    return min(day for day, requests in days.items() if requests == most), most


def _storage(totals: Totals, names: Names) -> tuple[int, int, str | None, int]:
    """All last readings summed, and the largest of them."""
    if not totals.sizes:
        return 0, 0, None, 0

    def rank(source: tuple[int, str]) -> tuple[int, int, bytes, bytes]:
        _, _, stored, rows = totals.sizes[source]
        return -stored, -rows, source[1].encode(), names.organization_ids[source[0]].encode()

    _, name, stored, _ = totals.sizes[min(totals.sizes, key=rank)]
    readings = totals.sizes.values()
    return sum(each[2] for each in readings), sum(each[3] for each in readings), without_emails(name), stored


def _top_event_types(totals: Totals) -> list[dict[str, Any]]:
    ranked = sorted(totals.event_types.items(), key=lambda item: (-item[1][0], item[0].encode()))
    return [
        EventType(event_type=name, bytes=stored, rows=rows, operations=operations).model_dump()
        for name, (stored, rows, operations) in ranked[:TOP_EVENT_TYPES]
    ]


def _top_workspaces(totals: Totals, names: Names) -> list[dict[str, Any]]:
    def rank(item: tuple[tuple[int, str], list[int]]) -> tuple[int, int, bytes, bytes]:
        (organization, workspace), (requests, read, written) = item
        # Text compares by its bytes, as it does in the warehouses.
        return (
            -requests,
            -read - written,
            workspace.encode(),
            names.organization_ids[organization].encode(),
        )

    listed = [
        WorkspaceFacts(
            name=names.workspaces.get(workspace), requests=requests, bytes_read=read, bytes_written=written
        )
        for (_, workspace), (requests, read, written) in sorted(totals.workspaces.items(), key=rank)[
            :TOP_WORKSPACES
        ]
    ]
    shares = workspace_shares(listed, totals.requests, totals.bytes_read, totals.bytes_written)
    return [share.model_dump() for share in shares]
