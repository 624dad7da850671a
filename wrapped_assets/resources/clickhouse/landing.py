"""Landing in ClickHouse: the valid rows of every file in a table, and the ledger that says which of them count.

First the rows, then one block of ledger rows: a file is imported when that block is there, wholly or not at all. A killed
import leaves rows that no ledger row names, and writes them again under the same ids.
"""

import hashlib
from collections.abc import Sequence
from datetime import date, datetime

import duckdb

from wrapped_assets import queries
from wrapped_assets.products import FAMILIES
from wrapped_assets.resources.clickhouse import marks
from wrapped_assets.resources.clickhouse.session import Session
from wrapped_assets.resources.duckdb.judging import Judgement, judge
from wrapped_assets.resources.warehouse import ImportReport, LandedFile


def known(session: Session, family: str, days: Sequence[date] | None) -> dict[str, str]:
    values = {"family": family, "days": list(days or ()), "everywhere": days is None}
    return dict(session.rows(queries.text("clickhouse/landing/known"), values))


def take(
    session: Session,
    judge_with: duckdb.DuckDBPyConnection,
    family: str,
    files: Sequence[LandedFile],
    imported_at: datetime,
) -> ImportReport:
    judgement = judge(judge_with, family, files)
    ids = {file.path: file_id(family, file) for file in files}
    regions = {file.path: file.region for file in files}
    session.stream(f"landing_{family}", judgement.valid_rows(judge_with, ids, regions))
    session.insert("landing_quarantined_rows", list(judgement.impossible_rows(judge_with, ids)))
    session.insert("landing_hours", _hours(judgement, files))
    session.insert("landing_ledger", _ledger_rows(session, judgement, files, imported_at))
    return judgement.report(files)


def file_id(family: str, file: LandedFile) -> int:
    """The same number for the same version of an object, whoever imports it."""
    version = "\0".join((family, file.key, file.etag)).encode()
    return int.from_bytes(hashlib.sha256(version).digest()[:8], "big")


def _hours(judgement: Judgement, files: Sequence[LandedFile]) -> list[dict[str, object]]:
    family = judgement.source
    if family not in FAMILIES:
        return []
    return [
        {"family": family, "day": day, "file_id": file_id(family, file), "hours": held.hours}
        for file in files
        for day, held in judgement.contents_of(file).days.items()
    ]


def _ledger_rows(
    session: Session, judgement: Judgement, files: Sequence[LandedFile], imported_at: datetime
) -> list[dict[str, object]]:
    family = judgement.source
    asked = {"family": family, "keys": [file.key for file in files]}
    before = {
        key: (days, rows)
        for key, days, rows in session.rows(queries.text("clickhouse/landing/before"), asked)
    }
    first = marks.next_sequence(session)
    return [
        _ledger_row(sequence, judgement, file, before.get(file.key, ([], 0)), imported_at)
        for sequence, file in enumerate(files, start=first)
    ]


def _ledger_row(
    sequence: int,
    judgement: Judgement,
    file: LandedFile,
    before: tuple[list[date], int],
    imported_at: datetime,
) -> dict[str, object]:
    found, reason = judgement.contents_of(file), judgement.quarantined.get(file.path)
    days = sorted(found.days.items()) if judgement.source in FAMILIES else []
    replaced_days, replaced_rows = before
    return {
        "sequence": sequence,
        "family": judgement.source,
        "object_key": file.key,
        "etag": file.etag,
        "file_id": file_id(judgement.source, file),
        "size": file.size,
        "folder_day": file.day,
        "region": file.region,
        "state": "quarantined" if reason else "landed",
        "reason": reason,
        "row_count": found.row_count,
        "bad_row_count": found.bad_row_count,
        "last_exported_at": found.last_exported_at,
        "imported_at": imported_at.replace(tzinfo=None),
        "days.day": [day for day, _ in days],
        "days.row_count": [held.row_count for _, held in days],
        "days.last_exported_at": [held.last_exported_at for _, held in days],
        "replaced_days": replaced_days,
        "replaced_rows": replaced_rows,
    }
