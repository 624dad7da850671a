"""Making a serving snapshot: a draft beside its place, filled in one go, that appears whole or not at all.

An engine hands in one source of rows after the other: the text of something that DuckDB can select from. For DuckDB that is a
query on the warehouse itself, for ClickHouse a stream of Arrow batches.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb

from wrapped_assets import queries
from wrapped_assets.periods import DAILY, MONTHLY, Level
from wrapped_assets.product import Edition
from wrapped_assets.resources.duckdb import sql
from wrapped_assets.resources.warehouse import SnapshotReport
from wrapped_assets.snapshot import tables

# An answer reads whole groups of rows in which its customer has some: an eighth of DuckDB's usual size makes it a fifth faster
# (benchmarks/serving: a random range 2.5 ms instead of 3.1), for 20 MB more of a worker's memory.
ROW_GROUP_ROWS = 16_384


@dataclass(frozen=True)
class Draft:
    """A snapshot that is being filled, attached to a connection as `serving`."""

    con: duckdb.DuckDBPyConnection

    def fill(self, table: str, source: str, values: Mapping[str, Any] | None = None) -> None:
        """Put the rows of a source into a table, by column name."""
        self.con.execute(f"insert into serving.{table} by name {source}", dict(values or {}))

    def fill_edition(self, year: int, edition: Edition | None) -> None:
        """Say what the snapshot is about; a year that holds nothing yet reaches to its first instant."""
        nothing = datetime(year, 1, 1, tzinfo=UTC)
        through, generated_at = (edition.through, edition.generated_at) if edition else (nothing, nothing)
        values = {
            "version": tables.VERSION,
            "year": year,
            "through": through.replace(tzinfo=None),
            "generated_at": generated_at.replace(tzinfo=None),
            "is_frozen": edition is not None and edition.frozen,
        }
        self.fill("edition", f"select {', '.join(f'${name} as {name}' for name in values)}", values)

    def number_organizations(self, source: str, values: Mapping[str, Any] | None = None) -> None:
        """Put the organizations in, numbered by region; first of all, because numbers name them everywhere else."""
        self.fill("organizations", sql.render("serving/organizations", source=source), values)

    def fill_parts(self, level: Level, source: str, values: Mapping[str, Any] | None = None) -> None:
        """Put parts of one level in, which name organizations by their ids and regions."""
        statement = sql.render("serving/numbered", source=source, organizations="serving.organizations")
        self.fill(f"{level.name}.parts", statement, values)

    def finish(self) -> None:
        """Put the days of months in, and lay the parts of each organization together: an answer reads those of one."""
        for kind in tables.KINDS.values():
            if kind.by_day:
                source = f"(from serving.daily.parts where kind = '{kind.name}')"
                self.fill("monthly.parts", tables.days_of_months(source))
        for level in (DAILY, MONTHLY):
            table, order = f"serving.{level.name}.parts", f"organization, {level.period}, kind"
            self.con.execute(f"create or replace table {table} as from {table} order by {order}")

    def wait(self, family: str, day: date, newer_than: int) -> None:
        """Note the hours of a day's files with greater ids, which the numbers do not hold yet; of none below 0: any hour."""
        values = {"family": family, "day": day, "newer_than": newer_than}
        self.fill("waiting", queries.text("duckdb/serving/waiting_files"), values)


@contextmanager
def drafting(con: duckdb.DuckDBPyConnection, path: Path) -> Iterator[Draft]:
    """A draft to fill; afterwards it is at `path`, flushed to disk. FileExistsError when something is there already.

    A snapshot is never replaced: DuckDB may give a reader the old file under the new one's name.
    """
    if path.exists():
        raise FileExistsError(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.draft")
    _remove(draft)
    try:
        with duckdb.connect(str(draft)) as empty:
            for statement in tables.statements():
                empty.execute(statement)
        con.execute(f"attach '{_quoted(draft)}' as serving (read_write, row_group_size {ROW_GROUP_ROWS})")
        try:
            yield Draft(con)
            con.execute("checkpoint serving")
        finally:
            con.execute("detach serving")
        _flush(draft)
        os.link(draft, path)
    finally:
        _remove(draft)


def report(path: Path, year: int) -> SnapshotReport:
    """What the snapshot at this path holds."""
    with duckdb.connect(str(path), read_only=True) as con:
        counts = [_count(con, f"{level.name}.parts") for level in tables.LEVELS]
        statement = "select count(distinct organization_id) from organizations"
        ((organizations,),) = con.execute(statement).fetchall()
        return SnapshotReport(path, year, organizations, sum(counts), path.stat().st_size)


def _count(con: duckdb.DuckDBPyConnection, table: str) -> int:
    return int(con.execute(f"select count(*) from {table}").fetchall()[0][0])


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")


def _flush(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _remove(draft: Path) -> None:
    for leftover in (draft, draft.with_name(f"{draft.name}.wal")):
        leftover.unlink(missing_ok=True)
