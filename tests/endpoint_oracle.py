"""What each endpoint must answer, worked out from the landing files by `tests/oracle.py` alone: no SQL, no code of serving."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from tests import flat, oracle
from tests.landing_files import LandingFile, Row

Rows = list[dict[str, Any]]


class Truth:
    """All that landed, ready to be asked about. Names hold no addresses here."""

    def __init__(self, files: Sequence[LandingFile], secret: bytes) -> None:
        self._files, self._secret = files, secret
        self._names = oracle.workspace_names(files)
        self._held = {family: oracle.raw_rows(files, family) for family in oracle.FAMILIES}
        owners = oracle.customers(files)
        ids = {str(row["organization_id"]) for rows in self._held.values() for row in rows}
        self._owner = {id: oracle.wrapped_id(secret, owners.get(id, id)) for id in ids}

    def rows(self, endpoint: str, ids: Sequence[str], start: date, end: date, limit: int) -> Rows:
        """The rows for these customers together and the days from `start` up to `end`, as JSON has them."""
        requests, operations, sizes = (
            self._of(family, ids, start, end) for family in ("pipe_stats", "ingestion", "storage")
        )
        match endpoint:
            case "wrapped_requests_by_day":
                return _by_day(requests)
            case "wrapped_requests_by_month":
                return _by_month(requests)
            case "wrapped_top_datasources":
                return _top_datasources(sizes)[: max(limit, 0)]
            case "wrapped_top_workspaces":
                return self._top_workspaces(requests, operations)[: max(limit, 0)]
            case "wrapped_pipe_stats_summary":
                row = flat.summary(self._files, self._secret, ids, start, end)
                return [row | {"peak_date": row["peak_date"] and row["peak_date"].isoformat()}]
        raise KeyError(f"{endpoint} has no oracle: add one here")

    def _of(self, family: str, ids: Sequence[str], start: date, end: date) -> list[Row]:
        time = oracle.FAMILIES[family].event_time
        return [
            row
            for row in self._held[family]
            if start <= row[time].date() < end and self._owner[str(row["organization_id"])] in ids
        ]

    def _top_workspaces(self, requests: list[Row], operations: list[Row]) -> Rows:
        totals: dict[tuple[str, str, str], list[Any]] = {}

        def total_of(row: Row) -> list[Any]:
            place = row["workspace_id"], row["organization_id"], row["region"]
            return totals.setdefault(place, [0, 0, 0, 0])

        for row in requests:
            total = total_of(row)
            total[0] += 1
            total[1] = None if total[1] is None or row["error"] is None else total[1] + row["error"]
            total[2] += row["read_bytes"]
        for row in operations:
            total_of(row)[3] += row["written_bytes"]
        told, unnamed = [], 0
        for (workspace, organization, region), (count, errors, read, written) in sorted(
            totals.items(), key=lambda item: (-item[1][0], -item[1][2] - item[1][3], item[0])
        ):
            known = oracle.workspace_name(self._names, organization, region, workspace)
            unnamed += known is None
            name = f"Workspace {unnamed}" if known is None else known
            told.append(
                {
                    "name": name,
                    "requests": count,
                    "errors": errors,
                    "bytes_read": read,
                    "bytes_written": written,
                }
            )
        return told


def _by_day(requests: list[Row]) -> Rows:
    days = sorted({row["start_datetime"].date() for row in requests})
    return [
        {
            "date": day.isoformat(),
            "requests": len(held := [row for row in requests if row["start_datetime"].date() == day]),
            "errors": oracle.total(held, "error"),
        }
        for day in days
    ]


def _by_month(requests: list[Row]) -> Rows:
    months = sorted({row["start_datetime"].date().replace(day=1) for row in requests})
    return [
        {
            "month": month.isoformat(),
            "requests": len(
                held := [row for row in requests if row["start_datetime"].date().replace(day=1) == month]
            ),
            "errors": oracle.total(held, "error"),
            "bytes_read": sum(row["read_bytes"] for row in held),
            "rows_read": sum(row["read_rows"] for row in held),
        }
        for month in months
    ]


def _top_datasources(readings: list[Row]) -> Rows:
    last: dict[tuple[str, str, str], Row] = {}
    for row in sorted(readings, key=lambda row: row["timestamp"]):
        last[row["datasource_id"], row["organization_id"], row["region"]] = row
    ranked = sorted(last.items(), key=lambda item: (-item[1]["bytes"], -item[1]["rows"], item[0]))
    return [{"name": row["datasource_name"], "bytes": row["bytes"], "rows": row["rows"]} for _, row in ranked]
