"""A new warehouse file appears with all its tables, or not at all.

DuckDB writes a new file in several steps. Whoever is killed between them leaves a file that cannot be opened, or
one without tables. So it is made beside its place, under a name that nobody opens, and then put there.
"""

import os
from contextlib import suppress
from pathlib import Path

from wrapped_assets.resources.duckdb import schema
from wrapped_assets.resources.duckdb.connection import Engine, connect
from wrapped_assets.resources.writer_lock import WRITER_PATIENCE, alone


def create(path: Path, engine: Engine) -> None:
    """Put a warehouse of empty tables there, unless there is one; of several who try, one does it and all wait."""
    if path.exists():
        return
    lock = path.with_name(f".{path.name}.lock")
    with alone(lock, str(path), WRITER_PATIENCE):
        if not path.exists():
            _create(path, path.with_name(f".{path.name}.new"), engine)
        # Who comes later has no need of it.
        lock.unlink(missing_ok=True)


def _create(path: Path, draft: Path, engine: Engine) -> None:
    # What a killed creator left, and the log of a warehouse that was removed: DuckDB would not open ours beside it.
    for leftover in (draft, _log(draft), _log(path)):
        leftover.unlink(missing_ok=True)
    with connect(draft, engine, read_only=False) as con:
        schema.prepare(con, draft)
        # A log does not follow its file to another name.
        con.execute("checkpoint")
    # Unlike a rename, a link replaces nothing that stands there.
    with suppress(FileExistsError):
        os.link(draft, path)
    draft.unlink()


def _log(path: Path) -> Path:
    return path.with_name(f"{path.name}.wal")
