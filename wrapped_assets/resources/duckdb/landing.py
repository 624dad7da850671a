"""Landing in DuckDB: the immutable files stay where they are; the ledger names them and what they brought.

One transaction per batch of files takes their ledger rows, their days, their quarantined rows and
the work they make for raw: a file is imported wholly or not at all.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

import duckdb

from wrapped_assets import queries
from wrapped_assets.families import FAMILIES, SOURCES
from wrapped_assets.resources.duckdb import sql
from wrapped_assets.resources.duckdb.parquet import Unreadable, columns_of, present
from wrapped_assets.resources.duckdb.transaction import insert_dicts, transaction
from wrapped_assets.resources.warehouse import ImportReport, LandedFile, QuarantinedFile

MISPLACED = "its key is not <family>/dt=YYYY-MM-DD/region=<region>/<name>"
MISPLACED_SNAPSHOT = "its key is not <dimension>/region=<region>/<name>"

# What is about this program or this machine: no file is set aside for it. Broken pages come as many kinds of error.
_NOT_THE_FILES_FAULT = (
    duckdb.BinderException,
    duckdb.CatalogException,
    duckdb.ParserException,
    duckdb.SyntaxException,
    duckdb.OutOfMemoryException,
    duckdb.InterruptException,
    duckdb.ConnectionException,
    duckdb.TransactionException,
    duckdb.FatalException,
    duckdb.InternalException,
)


@dataclass
class _Contents:
    """What reading one file found."""

    columns: str
    days: dict[date, tuple[int, datetime]] = field(default_factory=dict)
    row_count: int = 0
    bad_row_count: int = 0
    reasons: dict[str, int] = field(default_factory=dict)
    last_exported_at: datetime | None = None

    def add(self, day: date | None, reason: str | None, rows: int, last_exported_at: datetime) -> None:
        if reason is not None:
            self.bad_row_count += rows
            self.reasons[reason] = self.reasons.get(reason, 0) + rows
            return
        self.row_count += rows
        self.last_exported_at = max(last_exported_at, self.last_exported_at or last_exported_at)
        if day is not None:
            self.days[day] = (rows, last_exported_at)


def known(con: duckdb.DuckDBPyConnection, family: str, days: Sequence[date] | None) -> dict[str, str]:
    """The etag of each object already imported (or quarantined), by key, for these folder days."""
    rows = con.execute(queries.text("duckdb/landing/known"), {"family": family, "days": days}).fetchall()
    return dict(rows)


def take(
    con: duckdb.DuckDBPyConnection, family: str, files: Sequence[LandedFile], imported_at: datetime
) -> ImportReport:
    """Import these files; every one ends in the ledger, landed or quarantined with its reason."""
    sound, quarantined = _inspect(family, files)
    contents: dict[Path, _Contents] = {}
    for columns, group in sound.items():
        contents |= _read_group(con, family, columns, group, quarantined)
    with transaction(con):
        return _record(con, family, files, contents, quarantined, imported_at)


def _inspect(family: str, files: Iterable[LandedFile]) -> tuple[dict[str, list[LandedFile]], dict[Path, str]]:
    sound: dict[str, list[LandedFile]] = defaultdict(list)
    quarantined: dict[Path, str] = {}
    for file in files:
        if file.region is None:
            quarantined[file.path] = MISPLACED if family in FAMILIES else MISPLACED_SNAPSHOT
            continue
        try:
            sound[columns_of(file.path, SOURCES[family].columns)].append(file)
        except Unreadable as error:
            quarantined[file.path] = str(error)
    return sound, quarantined


def _read_group(
    con: duckdb.DuckDBPyConnection,
    family: str,
    columns: str,
    group: list[LandedFile],
    quarantined: dict[Path, str],
) -> dict[Path, _Contents]:
    """Read files of equal columns together; when that fails, in halves, to find which cannot be read."""
    try:
        return _read(con, family, columns, group)
    except _NOT_THE_FILES_FAULT:
        raise
    except duckdb.Error as error:
        if len(group) == 1:
            quarantined[group[0].path] = f"its pages cannot be read: {str(error).splitlines()[0][:200]}"
            return {}
    half = len(group) // 2
    return _read_group(con, family, columns, group[:half], quarantined) | _read_group(
        con, family, columns, group[half:], quarantined
    )


def _read(
    con: duckdb.DuckDBPyConnection, family: str, columns: str, group: list[LandedFile]
) -> dict[Path, _Contents]:
    contents = {file.path: _Contents(columns) for file in group}
    statement = sql.landing_summary(SOURCES[family], present(columns))
    for path, *facts, _content in con.execute(
        statement, {"paths": [str(file.path) for file in group]}
    ).fetchall():
        contents[Path(path)].add(*facts)
    return contents


def _record(
    con: duckdb.DuckDBPyConnection,
    family: str,
    files: Sequence[LandedFile],
    contents: dict[Path, _Contents],
    quarantined: dict[Path, str],
    imported_at: datetime,
) -> ImportReport:
    _replace_older_versions(con, family, [file.key for file in files])
    ids = _next_ids(con, len(files))
    ledger, file_days = [], []
    for file_id, file in zip(ids, files, strict=True):
        found = contents.get(file.path) or _Contents(columns="")
        reason = quarantined.get(file.path)
        ledger.append(_ledger_row(family, file_id, file, found, reason, imported_at))
        file_days += [
            {"file_id": file_id, "family": family, "day": day, "row_count": rows, "last_exported_at": last}
            for day, (rows, last) in found.days.items()
        ]
    insert_dicts(con, "landing.files", ledger)
    insert_dicts(con, "landing.file_days", file_days)
    _quarantine_rows(con, family, dict(zip(ids, files, strict=True)), contents)
    consumer = "raw" if family in FAMILIES else "dimensions"
    con.execute(queries.text(f"duckdb/landing/make_{consumer}_stale"), {"first_id": ids[0]})
    return ImportReport(
        files=len(files),
        rows=sum(found.row_count for found in contents.values()),
        quarantined_files=[
            QuarantinedFile(f.key, quarantined[f.path]) for f in files if f.path in quarantined
        ],
        quarantined_rows=_sum_reasons(contents.values()),
    )


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
    family: str, file_id: int, file: LandedFile, found: _Contents, reason: str | None, imported_at: datetime
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
        "columns": found.columns,
        "row_count": found.row_count,
        "bad_row_count": found.bad_row_count,
        "last_exported_at": found.last_exported_at,
        "imported_at": imported_at,
    }


def _quarantine_rows(
    con: duckdb.DuckDBPyConnection, family: str, files: dict[int, LandedFile], contents: dict[Path, _Contents]
) -> None:
    ids = {file.path: file_id for file_id, file in files.items()}
    groups: dict[str, list[Path]] = defaultdict(list)
    for path, found in contents.items():
        if found.bad_row_count:
            groups[found.columns].append(path)
    for columns, paths in groups.items():
        statement = sql.impossible_rows(SOURCES[family], present(columns))
        rows = con.execute(statement, {"paths": [str(path) for path in paths]}).fetchall()
        names = ("file_id", "row_number", "reason", "content")
        entries = [dict(zip(names, (ids[Path(path)], *rest), strict=True)) for path, *rest in rows]
        insert_dicts(con, "landing.quarantined_rows", entries)


def _sum_reasons(contents: Iterable[_Contents]) -> dict[str, int]:
    total: dict[str, int] = defaultdict(int)
    for found in contents:
        for reason, rows in found.reasons.items():
            total[reason] += rows
    return dict(total)
