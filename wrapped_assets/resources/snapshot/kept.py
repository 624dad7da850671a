"""The tables of an overlay as a DuckDB file, and back: an exact copy, without a row that passes through Python."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from wrapped_assets.families import DIMENSIONS
from wrapped_assets.resources.duckdb.transaction import transaction
from wrapped_assets.resources.snapshot.tables import LEVELS

SCHEMAS = ("fresh", "dimensions")

TABLES = (
    "fresh.organizations",
    "fresh.workspaces",
    *(f"fresh.{level.name}" for level in LEVELS),
    *(f"dimensions.{name}" for name in DIMENSIONS),
)
"""All that an overlay holds between two looks; the other tables it makes are gone when a look is over."""


def write(con: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Copy the tables into a new file, as they are at one moment. duckdb.Error when that cannot be written: remove what is left of it."""
    with _attached(con, path, "read_write"):
        with transaction(con):
            for schema in SCHEMAS:
                con.execute(f"create schema kept.{schema}")
            for table in TABLES:
                con.execute(f"create table kept.{table} as from {table}")
        con.execute("checkpoint kept")


def read(con: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Have the tables of the file in the place of those that are there: all of them, or none and a duckdb.Error."""
    with _attached(con, path, "read_only"), transaction(con):
        for table in TABLES:
            con.execute(f"create or replace table {table} as from kept.{table}")


@contextmanager
def _attached(con: duckdb.DuckDBPyConnection, path: Path, access: str) -> Iterator[None]:
    quoted = str(path).replace("'", "''")
    con.execute(f"attach '{quoted}' as kept ({access})")
    try:
        yield
    finally:
        con.execute("detach kept")
