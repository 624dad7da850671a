"""All or nothing."""

from collections.abc import Iterator
from contextlib import contextmanager

import duckdb
import pyarrow as pa


@contextmanager
def transaction(con: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Commit what happens inside, or roll all of it back when anything is raised."""
    con.execute("begin")
    try:
        yield
    except BaseException:
        con.execute("rollback")
        raise
    con.execute("commit")


def insert_dicts(con: duckdb.DuckDBPyConnection, table: str, rows: list[dict[str, object]]) -> None:
    """Add rows to a table by column name, thousands in one statement."""
    if not rows:
        return
    con.register("new_rows", pa.Table.from_pylist(rows))
    con.execute(f"insert into {table} by name select * from new_rows")
    con.unregister("new_rows")
