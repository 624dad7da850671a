"""Making a serving snapshot: a draft beside its place, filled in one go, that appears whole or not at all.

An engine hands in one source of rows after the other: the text of something that DuckDB can select from. For DuckDB that is a
query on the warehouse itself, for ClickHouse a stream of Arrow batches.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from wrapped_assets import queries
from wrapped_assets.periods import HOURLY, Level
from wrapped_assets.resources.duckdb import sql
from wrapped_assets.resources.snapshot import tables
from wrapped_assets.resources.snapshot.tables import Served
from wrapped_assets.resources.warehouse import SnapshotReport


@dataclass(frozen=True)
class Draft:
    """A snapshot that is being filled, attached to a connection as `serving`."""

    con: duckdb.DuckDBPyConnection

    def fill(self, table: str, source: str, values: Mapping[str, Any] | None = None) -> None:
        """Put the rows of a source into a table, by column name."""
        self.con.execute(f"insert into serving.{table} by name {source}", dict(values or {}))

    def number_organizations(self, source: str) -> None:
        """Put the organizations in, numbered; first of all, because numbers name them everywhere else."""
        self.fill("organizations", sql.render("serving/organizations", source=source))

    def fill_served(self, table: Served, level: Level, source: str, values: Mapping[str, Any]) -> None:
        """Put the states of one level in, which name organizations by their ids."""
        # Hours are read by the day, when one of them is touched; days and months by organization, with every answer.
        order = f"{level.period}, organization" if level is HOURLY else f"organization, {level.period}"
        statement = sql.render("serving/numbered", source=source, order=order)
        self.fill(f"{level.name}.{table.name}", statement, values)

    def wait(self, family: str, day: date, newer_than: int) -> None:
        """Note the hours of a day's files with greater ids, which the numbers do not hold yet; of none below 0: any hour."""
        values = {"family": family, "day": day, "newer_than": newer_than}
        self.fill("waiting", queries.text("duckdb/serving/waiting_files"), values)

    def fill_day_totals(self) -> None:
        """Put the totals of days in, once the days are there."""
        self.fill("day_totals", queries.text("duckdb/serving/day_totals"))


@contextmanager
def drafting(con: duckdb.DuckDBPyConnection, path: Path) -> Iterator[Draft]:
    """A draft to fill; afterwards it stands at `path`, flushed to disk. FileExistsError when something stands there.

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
        con.execute(f"attach '{_quoted(draft)}' as serving (read_write)")
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
    """What stands there."""
    with duckdb.connect(str(path), read_only=True) as con:
        names = [f"{level.name}.{table.name}" for table in tables.SERVED.values() for level in tables.LEVELS]
        counts = [_count(con, name) for name in names]
        return SnapshotReport(path, year, _count(con, "organizations"), sum(counts), path.stat().st_size)


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
