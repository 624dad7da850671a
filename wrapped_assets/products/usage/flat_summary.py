"""The flat summary: one row of numbers for some customers and days, from the parts of their organizations.

Plain functions. What the columns mean is the summary document's meaning of the same words (docs/summary.md), for the days asked for.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from wrapped_assets.product import Names, Row
from wrapped_assets.products.usage.stories.ingestion import EventType
from wrapped_assets.products.usage.stories.peak import peak_day
from wrapped_assets.products.usage.stories.workspaces import MOST_WORKSPACES, workspace_shares
from wrapped_assets.text.public_names import public_name

TOP_EVENT_TYPES = 3


COLUMNS: list[tuple[str, str]] = [
    ("total_requests", "UInt64"),
    ("total_errors", "Nullable(UInt64)"),
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

    # None: one request does not say whether it failed.
    errors: int | None = 0
    rows_read: int = 0
    rows_written: int = 0
    # By day.
    days: dict[date, int] = field(default_factory=dict)
    # By (organization, workspace): requests, bytes read, bytes written.
    workspaces: dict[tuple[int, str], list[int]] = field(default_factory=dict)
    # By event type: bytes, rows, operations.
    event_types: dict[str, list[int]] = field(default_factory=dict)
    # By (organization, data source): the part with its last reading.
    sizes: dict[tuple[int, str], Row] = field(default_factory=dict)

    @property
    def of_workspaces(self) -> tuple[int, int, int]:
        """Requests, bytes read and bytes written, of all workspaces together."""
        requests, read, written = (
            sum(total[number] for total in self.workspaces.values()) for number in range(3)
        )
        return requests, read, written

    def add(self, parts: Iterable[Row], are_days: bool) -> None:
        """Add parts (with the columns of `Part`): of days, or of months, whose days are in a part of their own."""
        kinds: dict[str, list[Row]] = {"requests": [], "operations": [], "sizes": [], "days": []}
        for part in parts:
            kinds[part[3]].append(part)
        self._add_requests(kinds["requests"])
        self._add_operations(kinds["operations"])
        self._add_sizes(kinds["sizes"])
        if are_days:
            for part in kinds["requests"]:
                self.days[part[2]] = self.days.get(part[2], 0) + part[6]
        for part in kinds["days"]:
            self._add_days(part[2], part[5])

    def _add_requests(self, parts: Iterable[Row]) -> None:
        for _, organization, _, _, workspace, _, requests, errors, bytes, rows, _ in parts:
            self.errors = None if self.errors is None or errors is None else self.errors + errors
            self.rows_read += rows
            total = self.workspaces.get((organization, workspace))
            if total is None:
                total = self.workspaces[organization, workspace] = [0, 0, 0]
            total[0] += requests
            total[1] += bytes

    def _add_operations(self, parts: Iterable[Row]) -> None:
        for _, organization, _, _, workspace, event_type, operations, _, bytes, rows, _ in parts:
            self.rows_written += rows
            self.workspaces.setdefault((organization, workspace), [0, 0, 0])[2] += bytes
            total = self.event_types.get(event_type)
            if total is None:
                total = self.event_types[event_type] = [0, 0, 0]
            total[0] += bytes
            total[1] += rows
            total[2] += operations

    def _add_sizes(self, parts: Iterable[Row]) -> None:
        """A gauge: of each data source only the last reading counts."""
        for part in parts:
            source = part[1], part[4]
            known = self.sizes.get(source)
            if known is None or part[10] > known[10]:
                self.sizes[source] = part

    def _add_days(self, month: date, label: str) -> None:
        """The days of a month as '1:20,31:7'."""
        year, number = month.year, month.month
        for part in label.split(","):
            day, requests = part.split(":")
            at = date(year, number, int(day))
            self.days[at] = self.days.get(at, 0) + int(requests)


def row(totals: Totals, names: Names) -> Row:
    """The values of COLUMNS. Without any activity they are zeros, nulls and empty lists."""
    requests, bytes_read, bytes_written = totals.of_workspaces
    return (
        requests,
        totals.errors,
        bytes_read,
        totals.rows_read,
        *(peak_day(totals.days) or (None, 0)),
        *_storage(totals, names),
        bytes_written,
        totals.rows_written,
        _top_event_types(totals),
        _top_workspaces(totals, names),
    )


def _storage(totals: Totals, names: Names) -> tuple[int, int, str | None, int]:
    """All last readings summed, and the largest of them."""
    if not totals.sizes:
        return 0, 0, None, 0

    def rank(source: tuple[int, str]) -> tuple[int, int, bytes, bytes, bytes]:
        last = totals.sizes[source]
        return -last[8], -last[9], source[1].encode(), *names.tie_break(source[0])

    largest = totals.sizes[min(totals.sizes, key=rank)]
    stored, rows = (sum(last[number] for last in totals.sizes.values()) for number in (8, 9))
    return stored, rows, public_name(largest[5]), largest[8]


def _top_event_types(totals: Totals) -> list[dict[str, Any]]:
    ranked = sorted(totals.event_types.items(), key=lambda item: (-item[1][0], item[0].encode()))
    return [
        EventType(event_type=name, bytes=stored, rows=rows, operations=operations).model_dump()
        for name, (stored, rows, operations) in ranked[:TOP_EVENT_TYPES]
    ]


def _top_workspaces(totals: Totals, names: Names) -> list[dict[str, Any]]:
    def rank(item: tuple[tuple[int, str], list[int]]) -> tuple[int, int, bytes, bytes, bytes]:
        (organization, workspace), (requests, read, written) = item
        return -requests, -read - written, workspace.encode(), *names.tie_break(organization)

    listed = [
        {
            "name": names.workspaces.get(workspace),
            "requests": requests,
            "bytes_read": read,
            "bytes_written": written,
        }
        for workspace, (requests, read, written) in sorted(totals.workspaces.items(), key=rank)[
            :MOST_WORKSPACES
        ]
    ]
    shares = workspace_shares(listed, *totals.of_workspaces)
    return [share.model_dump() for share in shares]
