"""The tables of an overlay as a DuckDB file, and back: an exact copy, without a row that passes through Python."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from wrapped_assets.products import DIMENSIONS
from wrapped_assets.resources.duckdb.transaction import transaction
from wrapped_assets.snapshot.tables import LEVELS

SCHEMAS = ("fresh", "dimensions")

TABLES = (
    "main.organizations",
    "main.workspaces",
    *(f"fresh.{level.name}" for level in LEVELS),
    *(f"dimensions.{name}" for name in DIMENSIONS),
)
"""All that an overlay holds between two looks; the other tables it makes are gone when a look is over."""


class OfAnother(Exception):
    """What is in the file belongs to something else."""

    def __init__(self) -> None:
        super().__init__("it is of another snapshot, program, landing or secret")


def write(con: duckdb.DuckDBPyConnection, path: Path, belongs: str, state: str) -> None:
    """Copy the tables into a new file, as they are at one moment, with a text that says what they belong to and one of the caller's own.

    duckdb.Error when that cannot be written: remove what is left of it.
    """
    with _attached(con, path, "read_write"):
        with transaction(con):
            for schema in SCHEMAS:
                con.execute(f"create schema kept.{schema}")
            for table in TABLES:
                con.execute(f"create table kept.{table} as from {table}")
            con.execute("create table kept.state as select $1 as belongs, $2 as state", [belongs, state])
        con.execute("checkpoint kept")


def read(con: duckdb.DuckDBPyConnection, path: Path, belongs: str) -> str:
    """Have the tables of the file in the place of those that are there; returns the caller's text.

    All of them, or none and OfAnother, or a duckdb.Error when the file is damaged, cut off or no such file.
    """
    with _attached(con, path, "read_only"), transaction(con):
        ((said, state),) = con.execute("select belongs, state from kept.state").fetchall()
        if said != belongs:
            raise OfAnother
        for table in TABLES:
            con.execute(f"create or replace table {table} as from kept.{table}")
        return str(state)


@contextmanager
def _attached(con: duckdb.DuckDBPyConnection, path: Path, access: str) -> Iterator[None]:
    quoted = str(path).replace("'", "''")
    con.execute(f"attach '{quoted}' as kept ({access})")
    try:
        yield
    finally:
        con.execute("detach kept")
