"""How a process dies at a statement of its warehouse, in process: nothing it does afterwards reaches the disk that is kept."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from tests.simulation.faults import Faults, Killed


@contextmanager
def at_statements(faults: Faults, copy: Path, dice: random.Random) -> Iterator[None]:
    """Count the statements of DuckDB and die at the one that the faults name; `copy` is where the files of a death lie."""
    execute = duckdb.DuckDBPyConnection.execute

    def watched(con: duckdb.DuckDBPyConnection, statement: Any, *args: Any) -> duckdb.DuckDBPyConnection:
        how = None if faults.is_dead else faults.next_statement()
        if how == "before":
            faults.die(how)
        logs = _logs(copy.parent / "warehouse") if how == "inside" else {}
        found = execute(con, statement, *args)
        if how == "inside":
            try:
                faults.die(how)
            finally:
                _tear(copy, logs, dice)
        if how == "after":
            faults.die(how)
        return found

    duckdb.DuckDBPyConnection.execute = watched  # type: ignore[method-assign, assignment]
    try:
        yield
    finally:
        duckdb.DuckDBPyConnection.execute = execute  # type: ignore[method-assign]


def _logs(folder: Path) -> dict[str, int]:
    return {file.name: file.stat().st_size for file in folder.glob("*.wal")}


def _tear(copy: Path, before: dict[str, int], dice: random.Random) -> None:
    """Whoever dies inside a commit has written some of it to the log: the copy's log ends at some byte of what was added."""
    for file in copy.glob("*.wal"):
        held, now = before.get(file.name, 0), file.stat().st_size
        if held < now:
            with file.open("r+b") as log:
                log.truncate(dice.randint(held, now - 1))


__all__ = ["Killed", "at_statements"]
