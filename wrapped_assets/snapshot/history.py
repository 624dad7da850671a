"""Reading a serving snapshot: attached read-only as `history` to a database in memory, which holds what landed since."""

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb

from wrapped_assets import queries
from wrapped_assets.resources.errors import SnapshotUnreadable
from wrapped_assets.resources.warehouse import LedgerFile
from wrapped_assets.snapshot import tables

Row = tuple[Any, ...]


@dataclass(frozen=True)
class HeldFile:
    """A landed file and the hours of one day in which it has rows (bit h: h to h + 1 o'clock, UTC)."""

    file: LedgerFile
    day: date
    row_count: int
    hours: int


class History:
    """An open snapshot. Each thread has a connection of its own; nothing here ever changes."""

    def __init__(self, path: Path, memory_limit: str, spill: Path) -> None:
        # One thread each: an answer reads a few hundred rows, and several requests share the cores.
        config: dict[str, str | bool | int | float | list[str]] = {
            "threads": 1,
            "memory_limit": memory_limit,
            "temp_directory": str(spill),
        }
        self.con = duckdb.connect(":memory:", config=config)
        # Global: a cursor has settings of its own, and would be in the machine's time zone.
        self.con.execute("set global TimeZone = 'UTC'")
        self.con.execute("set enable_progress_bar = false")
        _, year, through, is_frozen = self._opened(path)
        self.year: int = year
        self.is_frozen: bool = is_frozen
        self.through: datetime = through.replace(tzinfo=UTC)
        self._local = threading.local()
        self._parsed: dict[str, duckdb.Statement] = {}

    def lock(self, folders: Iterable[Path]) -> None:
        """From now on no statement reaches a file outside these folders, or changes a setting."""
        self.con.execute("set allowed_directories = $folders", {"folders": [str(each) for each in folders]})
        self.con.execute("set enable_external_access = false")
        self.con.execute("set lock_configuration = true")

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """This thread's own connection to the same database."""
        cursor: duckdb.DuckDBPyConnection | None = getattr(self._local, "cursor", None)
        if cursor is None:
            cursor = self._local.cursor = self.con.cursor()
        return cursor

    def rows(self, statement: str, values: Sequence[Any] | dict[str, Any] | None = None) -> list[Row]:
        """The answer to a question."""
        parsed = self._parsed.get(statement)
        if parsed is None:
            # Of a question about one customer, reading its text is a fifth of the work.
            (parsed,) = self.con.extract_statements(statement)
            self._parsed[statement] = parsed
        return self.cursor().execute(parsed, values or {}).fetchall()

    def known(self, family: str, day: date | None) -> dict[str, str]:
        """The etag of each object that the snapshot's ledger holds in a day's folder, or of a dimension."""
        statement = (
            "select object_key, etag from history.files"
            " where family = $family and folder_day is not distinct from $day"
        )
        return dict(self.rows(statement, {"family": family, "day": day}))

    def marks(self) -> dict[tuple[str, date], int]:
        """A number for each family's day folder that says which versions of which objects the ledger holds there."""
        found = self.rows(queries.text("duckdb/serving/fresh/marks"))
        return {(family, day): int(mark) for family, day, mark in found}

    def waiting(self, family: str) -> dict[date, int]:
        """Hours of a family that the snapshot's ledger knows more of than its numbers say, by day."""
        statement = "select day, hours from history.waiting where family = $family"
        return dict(self.rows(statement, {"family": family}))

    def files_of_hours(self, family: str, days: Iterable[date]) -> list[HeldFile]:
        """The landed files of the ledger that have rows on some days of the year."""
        values = {"family": family, "days": list(days)}
        found = self.rows(queries.text("duckdb/serving/fresh/files_of_hours"), values)
        return [HeldFile(LedgerFile(*row[:6]), *row[6:]) for row in found]

    def hours_of_files(self, family: str, keys: Iterable[str]) -> list[tuple[date, int]]:
        """The hours in which some objects of the ledger have rows, by day."""
        values = {"family": family, "keys": list(keys)}
        found = self.rows(queries.text("duckdb/serving/fresh/hours_of_files"), values)
        return [(day, hours) for day, hours in found]

    def files_of_dimension(self, name: str) -> list[LedgerFile]:
        """The landed snapshots of a dimension in the ledger."""
        statement = (
            "select file_id, object_key, etag, size, has_impossible_rows, region"
            " from history.files where family = $name and state = 'landed'"
        )
        return [LedgerFile(*row) for row in self.rows(statement, {"name": name})]

    def __enter__(self) -> "History":
        return self

    def __exit__(self, *_: object) -> None:
        """Let go of the file. Threads that still ask get an error."""
        self.con.close()

    def _opened(self, path: Path) -> Row:
        """What the file says of itself; SnapshotUnreadable, and nothing open, when it is no snapshot of this version."""
        quoted = str(path).replace("'", "''")
        try:
            self.con.execute(f"attach '{quoted}' as history (read_only)")
            statement = "select version, year, through, is_frozen from history.edition"
            (found,) = self.con.execute(statement).fetchall()
        except (duckdb.Error, ValueError) as error:
            self.con.close()
            raise SnapshotUnreadable(path, str(error).splitlines()[0]) from error
        if found[0] != tables.VERSION:
            self.con.close()
            raise SnapshotUnreadable(
                path, f"it is of version {found[0]}, this program reads {tables.VERSION}"
            )
        return found
