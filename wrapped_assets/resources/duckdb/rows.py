"""Rows as dicts by column name, out of DuckDB and into it."""

from typing import Any

import duckdb
import pyarrow as pa

from wrapped_assets.resources.duckdb import sql
from wrapped_assets.resources.warehouse import Broken


def dicts(found: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """All rows of a result."""
    names = [column[0] for column in found.description or ()]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def broken(con: duckdb.DuckDBPyConnection, rule: str, values: dict[str, Any]) -> Broken:
    """What a check's query finds."""
    return Broken.of(dicts(con.execute(sql.render("checks/examples", rule=rule), values)))


def insert_dicts(con: duckdb.DuckDBPyConnection, table: str, rows: list[dict[str, Any]]) -> None:
    """Add rows to a table by column name, thousands in one statement."""
    if not rows:
        return
    con.register("new_rows", pa.Table.from_pylist(rows))
    con.execute(f"insert into {table} by name select * from new_rows")
    con.unregister("new_rows")


def create_empty(con: duckdb.DuckDBPyConnection, table: str, like: str) -> None:
    """Create or replace a table, `temp table staged`, with the columns that a query answers and no rows.

    Never by `create table ... as ... limit 0`: DuckDB 2.0.0 then takes the table for empty, and when a whole row group
    (122,880 rows) is inserted in the same transaction, no statement ever finds a row of it.
    """
    answered = con.execute(f"describe {like}").fetchall()
    columns = ", ".join(f'"{name}" {kind}' for name, kind, *_ in answered)
    con.execute(f"create or replace {table} ({columns})")
