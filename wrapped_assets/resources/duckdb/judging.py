"""Judging landing files before an import: which can be read, which rows are impossible and why, what falls on which day.

Done by DuckDB over the local files, whatever the warehouse is: so every engine sets the same things aside in the same words.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

import duckdb
import pyarrow as pa

from wrapped_assets.products import FAMILIES, SOURCES
from wrapped_assets.resources.duckdb import sql
from wrapped_assets.resources.duckdb.parquet import Types, Unreadable, by_types, refuse_unfit
from wrapped_assets.resources.warehouse import ImportReport, LandedFile, QuarantinedFile

# Rows handed over at once.
BATCH_ROWS = 20_000

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


@dataclass(frozen=True)
class DayContents:
    """The valid rows that one file has of one day.

    `hours` has bit h set when some of them happened between h and h + 1 o'clock, UTC.
    """

    row_count: int
    last_exported_at: datetime
    hours: int


@dataclass
class Contents:
    """What reading one file found: its valid rows by day, and its impossible rows by reason."""

    types: Types = ()
    days: dict[date, DayContents] = field(default_factory=dict)
    row_count: int = 0
    bad_row_count: int = 0
    reasons: dict[str, int] = field(default_factory=dict)
    last_exported_at: datetime | None = None

    def add(
        self, day: date | None, reason: str | None, rows: int, last_exported_at: datetime, hours: int
    ) -> None:
        if reason is not None:
            self.bad_row_count += rows
            self.reasons[reason] = self.reasons.get(reason, 0) + rows
            return
        self.row_count += rows
        self.last_exported_at = max(last_exported_at, self.last_exported_at or last_exported_at)
        if day is not None:
            self.days[day] = DayContents(rows, last_exported_at, hours)


@dataclass(frozen=True)
class Judgement:
    """What is in some new files of one source, and which of them are set aside whole."""

    source: str
    contents: Mapping[Path, Contents]
    quarantined: Mapping[Path, str]

    def contents_of(self, file: LandedFile) -> Contents:
        """What reading the file found; nothing when it could not be read."""
        return self.contents.get(file.path) or Contents()

    def report(self, files: Sequence[LandedFile]) -> ImportReport:
        """What importing these files took in."""
        reasons: dict[str, int] = defaultdict(int)
        for found in self.contents.values():
            for reason, rows in found.reasons.items():
                reasons[reason] += rows
        return ImportReport(
            files=len(files),
            rows=sum(found.row_count for found in self.contents.values()),
            quarantined_files=[
                QuarantinedFile(f.key, self.quarantined[f.path]) for f in files if f.path in self.quarantined
            ],
            quarantined_rows=dict(reasons),
        )

    def impossible_rows(
        self, con: duckdb.DuckDBPyConnection, file_ids: Mapping[Path, int]
    ) -> Iterator[dict[str, object]]:
        """The rows to set aside, each with the id of its file, its number in it, the reason and all it says."""
        names = ("file_id", "row_number", "reason", "content")
        for types, paths in self._groups(lambda found: found.bad_row_count).items():
            statement = sql.impossible_rows(SOURCES[self.source], types)
            for path, *rest in con.execute(statement, {"paths": [str(path) for path in paths]}).fetchall():
                yield dict(zip(names, (file_ids[Path(path)], *rest), strict=True))

    def valid_rows(
        self, con: duckdb.DuckDBPyConnection, file_ids: Mapping[Path, int], regions: Mapping[Path, str | None]
    ) -> Iterator[pa.RecordBatch]:
        """The rows to take in, types settled, each with the id and region of its file and its number in it."""
        for types, paths in self._groups(lambda found: found.row_count).items():
            values = {
                "paths": [str(path) for path in paths],
                "file_ids": [file_ids[path] for path in paths],
                "regions": [regions[path] for path in paths],
            }
            statement = sql.valid_rows(SOURCES[self.source], types)
            batches: pa.RecordBatchReader = con.sql(statement, params=values).to_arrow_reader(BATCH_ROWS)
            yield from batches

    def _groups(self, holds: Callable[[Contents], int]) -> dict[Types, list[Path]]:
        """The files that hold something, by their types."""
        groups: dict[Types, list[Path]] = defaultdict(list)
        for path, found in self.contents.items():
            if holds(found):
                groups[found.types].append(path)
        return groups


def judge(con: duckdb.DuckDBPyConnection, source: str, files: Sequence[LandedFile]) -> Judgement:
    """Read every one of these files to its last page; what cannot be taken has its reason. FileNotFoundError when one is gone."""
    sound, quarantined = _inspect(source, files)
    return Judgement(source, _read_all(con, source, sound, quarantined), quarantined)


def _inspect(family: str, files: Iterable[LandedFile]) -> tuple[list[Path], dict[Path, str]]:
    sound: list[Path] = []
    quarantined: dict[Path, str] = {}
    for file in files:
        if file.region is None:
            quarantined[file.path] = MISPLACED if family in FAMILIES else MISPLACED_SNAPSHOT
            continue
        try:
            refuse_unfit(file.path, SOURCES[family].columns)
            sound.append(file.path)
        except Unreadable as error:
            _require(file.path)
            quarantined[file.path] = str(error)
    return sound, quarantined


def _read_all(
    con: duckdb.DuckDBPyConnection, source: str, paths: list[Path], quarantined: dict[Path, str]
) -> dict[Path, Contents]:
    """Read these files together; when that fails, in halves, to find which cannot be read."""
    if not paths:
        return {}
    try:
        return _read(con, source, paths)
    except _NOT_THE_FILES_FAULT:
        raise
    except duckdb.Error as error:
        if len(paths) == 1:
            _require(paths[0])
            quarantined[paths[0]] = f"its pages cannot be read: {str(error).splitlines()[0][:200]}"
            return {}
    half = len(paths) // 2
    first = _read_all(con, source, paths[:half], quarantined)
    return first | _read_all(con, source, paths[half:], quarantined)


def _require(path: Path) -> None:
    """A file that went meanwhile is not set aside: the same version may come back."""
    if not path.exists():
        raise FileNotFoundError(path)


def _read(con: duckdb.DuckDBPyConnection, source: str, paths: list[Path]) -> dict[Path, Contents]:
    contents: dict[Path, Contents] = {}
    for types, group in by_types(con, SOURCES[source].columns, paths).items():
        contents |= {path: Contents(types) for path in group}
        statement = sql.landing_summary(SOURCES[source], types)
        asked = {"paths": [str(path) for path in group]}
        for path, *facts, _content in con.execute(statement, asked).fetchall():
            contents[Path(path)].add(*facts)
    return contents
