"""An edition's file beside the warehouse's: what it reads of raw and of the dimensions are views."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from wrapped_assets import queries
from wrapped_assets.periods import Span
from wrapped_assets.products import DIMENSIONS, FAMILIES
from wrapped_assets.resources.duckdb import sql


@dataclass(frozen=True)
class DuckDBBeside:
    """`edition_database.Beside` in the warehouse's own connection."""

    con: duckdb.DuckDBPyConnection
    warehouse: str

    def events(self, family: str, span: Span, subjects: Sequence[str] | None = None) -> None:
        declared = FAMILIES[family]
        time, source = declared.event_time, f"{self.warehouse}.raw.{family}"
        if subjects is not None:
            self.con.execute(
                "create or replace temp table wanted_subjects as select unnest(cast($1 as varchar[])) as subject",
                [list(subjects)],
            )
            source += f" semi join wanted_subjects on subject = {declared.subject}"
        self.con.execute(
            f"create or replace temp view events as from {source}"
            f" where {time} >= timestamp '{span.start}' and {time} < timestamp '{span.end}'"
        )

    def snapshots(self, dimension: str) -> None:
        self.con.execute(
            f"create or replace temp view {dimension}_snapshots as from {self.warehouse}.dimensions.{dimension}"
        )


@contextmanager
def beside(con: duckdb.DuckDBPyConnection, path: Path) -> Iterator[DuckDBBeside]:
    """Have an edition's file open, and in use, in a connection to the warehouse."""
    path.parent.mkdir(parents=True, exist_ok=True)
    warehouse = f'"{con.execute("select current_database()").fetchall()[0][0]}"'
    con.execute(f"attach '{str(path).replace(chr(39), chr(39) * 2)}' as edition (read_write)")
    try:
        con.execute("use edition")
        yield DuckDBBeside(con, warehouse)
    finally:
        con.execute(f"use {warehouse}")
        con.execute("detach edition")


def snapshot_version(con: duckdb.DuckDBPyConnection, dimension: str) -> str:
    """What a dimension says: another text when any of its rows is another."""
    columns = sql.names([c.name for c in DIMENSIONS[dimension].columns])
    found = con.execute(
        f"select count(*), sum(hash({columns}, region)) from dimensions.{dimension}"
    ).fetchall()
    return f"{found[0][0]} {found[0][1]}"


def raw_versions(con: duckdb.DuckDBPyConnection, family: str) -> Mapping[date, str]:
    """What each day of raw holds: it is another text when the day was merged from other files."""
    return dict(con.execute(queries.text("duckdb/raw/versions"), {"family": family}).fetchall())
