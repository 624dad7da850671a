"""How a process dies at a statement of its warehouse, in process: nothing it does afterwards reaches what is kept of it.

For DuckDB the files are copied at that moment, and a log in which a commit was being written ends at some byte of it. In
ClickHouse every statement is there when it is answered; of a swap, of rows that are selected and of rows that are streamed
a part is there when they were cut off, as a server would leave it. Small blocks are there whole or not at all.
"""

import random
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any
from unittest.mock import patch

import duckdb
from clickhouse_connect.driver.exceptions import ClickHouseError

from tests.simulation.faults import Faults
from wrapped_assets.resources.clickhouse.session import Session

_REPLACED = re.compile(r"\breplace partition")
_INSERT = re.compile(r"^insert into .*$", re.MULTILINE)


@contextmanager
def at_statements(faults: Faults, engine: str, home: Path, dice: random.Random) -> Iterator[None]:
    """Count the warehouse's statements, and die at the one that the faults name."""
    if engine == "duckdb":
        with patch.object(duckdb.DuckDBPyConnection, "execute", _in_duckdb(faults, home, dice)):
            yield
        return
    with ExitStack() as patched:
        for name in ("run", "_ask", "insert", "_send"):
            watched = _in_clickhouse(faults, getattr(Session, name), dice)
            patched.enter_context(patch.object(Session, name, watched))
        yield


def _in_duckdb(faults: Faults, home: Path, dice: random.Random) -> Callable[..., duckdb.DuckDBPyConnection]:
    execute = duckdb.DuckDBPyConnection.execute

    def watched(con: duckdb.DuckDBPyConnection, statement: Any, *args: Any) -> duckdb.DuckDBPyConnection:
        how = faults.next_statement(statement == "commit")
        if how == "before":
            faults.die()
        logs = {log.name: log.stat().st_size for log in (home / "warehouse").glob("*.wal")} if how else {}
        found = execute(con, statement, *args)
        if how:
            try:
                faults.die()
            finally:
                if how == "inside":
                    _tear(home / "at-death", logs, dice)
        return found

    return watched


def _tear(copy: Path, before: dict[str, int], dice: random.Random) -> None:
    """Whoever dies inside a commit has written some of it to the log: the copy's log ends at some byte of what was added."""
    for log in copy.glob("*.wal"):
        held, now = before.get(log.name, 0), log.stat().st_size
        if held < now:
            with log.open("r+b") as file:
                file.truncate(dice.randint(held, now - 1))


def _in_clickhouse(faults: Faults, method: Callable[..., Any], dice: random.Random) -> Callable[..., Any]:
    def watched(session: Session, *args: Any) -> Any:
        how = faults.next_statement(
            method.__name__ in ("insert", "_send") or str(args[0]).startswith(("alter", "insert"))
        )
        if how == "before":
            faults.die()
        if how == "inside":
            if method.__name__ == "run":
                _half_run(method, session, *args)
            if method.__name__ == "_send":
                free, table, (batch, *_) = args
                method(session, free, table, [batch.slice(0, dice.randint(1, batch.num_rows))])
            faults.die()
        found = method(session, *args)
        if how == "after":
            faults.die()
        return found

    return watched


def _half_run(run: Callable[..., None], session: Session, statement: str, values: Any = None) -> None:
    """A part of what the statement does: of a swap the new rows beside the old ones, of an insert one row."""
    with suppress(ClickHouseError):
        if _REPLACED.search(statement):
            commands = statement.split(", ")
            run(session, ", ".join([*commands[:-1], _REPLACED.sub("attach partition", commands[-1])]), values)
        elif found := _INSERT.search(statement):
            run(session, f"{found[0]}\nselect * from (\n{statement[found.end() :]}\n) limit 1", values)
