"""What a flat summary must say, worked out from the landing files by `tests/oracle.py` alone: no code of the pipeline or of serving."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from tests import oracle
from tests.landing_files import LandingFile, Row


def summary(
    files: Sequence[LandingFile], secret: bytes, wrapped_ids: Sequence[str], start: date, end: date
) -> dict[str, Any]:
    """The one row for these customers together and the days from `start` up to `end`."""
    owners = oracle.customers(files)
    wanted = set(wrapped_ids)

    def rows(family: str) -> list[Row]:
        time = oracle.FAMILIES[family].event_time
        return [
            row | {"customer": "all of them"}
            for row in oracle.raw_rows(files, family)
            if start <= row[time].date() < end and oracle.wrapped_id(secret, _owner(owners, row)) in wanted
        ]

    held = oracle.Year(
        start.year, rows("pipe_stats"), rows("ingestion"), rows("storage"), [], oracle.workspace_names(files)
    )
    facts = oracle._facts_of("all of them", held)
    peak: dict[str, Any] = oracle._peak_day(facts["days"]) if facts["days"] else {"date": None, "requests": 0}
    largest = facts["largest_datasource"] or {"name": None, "bytes": 0}
    return {
        "total_requests": facts["requests"],
        "total_errors": facts["errors"],
        "total_bytes_read": facts["bytes_read"],
        "total_rows_read": facts["rows_read"],
        "peak_date": peak["date"] and date.fromisoformat(peak["date"]),
        "peak_requests": peak["requests"],
        "storage_bytes": facts["storage_bytes"] or 0,
        "storage_rows": facts["storage_rows"] or 0,
        "largest_datasource": largest["name"],
        "largest_datasource_bytes": largest["bytes"],
        "ingestion_bytes": facts["ingestion_bytes"],
        "ingestion_rows": facts["ingestion_rows"],
        "top_event_types": facts["event_types"],
        "top_workspaces": oracle._workspace_shares(facts),
    }


def customers(files: Sequence[LandingFile], secret: bytes) -> list[str]:
    """The wrapped_id of everyone whom a row or a snapshot of names could count for."""
    owners = oracle.customers(files)
    named = set(owners.values()) | {
        _owner(owners, row) for family in oracle.FAMILIES for row in oracle.raw_rows(files, family)
    }
    return sorted(oracle.wrapped_id(secret, customer) for customer in named)


def _owner(owners: dict[str, str], row: Row) -> str:
    id = str(row["organization_id"])
    return owners.get(id, id)
