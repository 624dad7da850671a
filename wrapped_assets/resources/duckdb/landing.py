"""Landing in DuckDB: the immutable files stay where they are; the ledger names them and what they brought.

One transaction per batch of files takes their ledger rows, their days, their quarantined rows and
the work they make for raw: a file is imported wholly or not at all.
"""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime

import duckdb

from wrapped_assets import queries
from wrapped_assets.products import FAMILIES
from wrapped_assets.resources.duckdb.judging import Contents, Judgement, judge
from wrapped_assets.resources.duckdb.rows import insert_dicts
from wrapped_assets.resources.duckdb.transaction import transaction
from wrapped_assets.resources.warehouse import ImportReport, LandedFile


def known(con: duckdb.DuckDBPyConnection, family: str, days: Sequence[date] | None) -> dict[str, str]:
    rows = con.execute(queries.text("duckdb/landing/known"), {"family": family, "days": days}).fetchall()
    return dict(rows)


def take(
    con: duckdb.DuckDBPyConnection, family: str, files: Sequence[LandedFile], imported_at: datetime
) -> ImportReport:
    judgement = judge(con, family, files)
    with transaction(con):
        _record(con, judgement, files, imported_at)
    return judgement.report(files)


def _record(
    con: duckdb.DuckDBPyConnection, judgement: Judgement, files: Sequence[LandedFile], imported_at: datetime
) -> None:
    family = judgement.source
    _replace_older_versions(con, family, [file.key for file in files])
    ids = _next_ids(con, len(files))
    ledger, file_days = [], []
    for file_id, file in zip(ids, files, strict=True):
        found, reason = judgement.contents_of(file), judgement.quarantined.get(file.path)
        ledger.append(_ledger_row(family, file_id, file, found, reason, imported_at))
        file_days += [
            {"file_id": file_id, "family": family, "day": day, **asdict(held)}
            for day, held in found.days.items()
        ]
    insert_dicts(con, "landing.files", ledger)
    insert_dicts(con, "landing.file_days", file_days)
    by_path = {file.path: file_id for file_id, file in zip(ids, files, strict=True)}
    insert_dicts(con, "landing.quarantined_rows", list(judgement.impossible_rows(con, by_path)))
    consumer = "raw" if family in FAMILIES else "dimensions"
    con.execute(queries.text(f"duckdb/landing/make_{consumer}_stale"), {"first_id": ids[0]})


def _replace_older_versions(con: duckdb.DuckDBPyConnection, family: str, keys: list[str]) -> None:
    """A changed object: its old version no longer counts, and the days it touched are rebuilt."""
    replaced = con.execute(
        queries.text("duckdb/landing/replace"), {"family": family, "keys": keys}
    ).fetchall()
    if not replaced:
        return
    old = {"file_ids": [file_id for (file_id,) in replaced]}
    con.execute(queries.text("duckdb/landing/rebuild_days_of"), old)
    con.execute(queries.text("duckdb/landing/rebuild_dimension_of"), old)
    con.execute(queries.text("duckdb/landing/release_rows_of"), old)
    con.execute(queries.text("duckdb/landing/forget_pending_of"), old)


def _next_ids(con: duckdb.DuckDBPyConnection, count: int) -> list[int]:
    rows = con.execute("select nextval('landing.file_ids') from range($count)", {"count": count}).fetchall()
    return [file_id for (file_id,) in rows]


def _ledger_row(
    family: str, file_id: int, file: LandedFile, found: Contents, reason: str | None, imported_at: datetime
) -> dict[str, object]:
    return {
        "file_id": file_id,
        "family": family,
        "object_key": file.key,
        "etag": file.etag,
        "size": file.size,
        "folder_day": file.day,
        "region": file.region,
        "state": "quarantined" if reason else "landed",
        "reason": reason,
        "row_count": found.row_count,
        "bad_row_count": found.bad_row_count,
        "last_exported_at": found.last_exported_at,
        "imported_at": imported_at,
    }
