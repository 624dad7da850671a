"""What a worker took in from landing, kept for the next one: a start goes on where the last process stopped.

One DuckDB file a year: the overlay's tables, the files taken in, the hours that wait, and what it all belongs to. It appears whole or not
at all, and DuckDB checks the sum of every block it reads. When in doubt there is nothing: landing is then read from the snapshot on.
"""

import hashlib
import hmac
import json
import logging
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb
from pydantic import TypeAdapter

from wrapped_assets import queries
from wrapped_assets.products import DIMENSIONS
from wrapped_assets.resources.duckdb.transaction import transaction
from wrapped_assets.snapshot.fresh import Taken
from wrapped_assets.snapshot.overlay import Overlay
from wrapped_assets.snapshot.tables import LEVELS
from wrapped_assets.snapshot.touched import Hours

log = logging.getLogger(__name__)

TABLES = (
    "main.organizations",
    "main.workspaces",
    *(f"fresh.{level.name}" for level in LEVELS),
    *(f"dimensions.{name}" for name in DIMENSIONS),
)
"""All that an overlay holds between two looks; the other tables it makes are gone when a look is over."""

KEEP_SECONDS = 60.0
"""Between two times of keeping: a start has at most so much to make up for."""

# A draft that is older was left by a process that was killed.
_STALE_SECONDS = 3600.0


@dataclass(frozen=True)
class Paused:
    """A follower between two looks, beside its tables."""

    taken: list[Taken]
    waiting: dict[str, Hours]
    through: datetime


_PAUSED = TypeAdapter(Paused)


class Keeper:
    """Keeps what one edition's follower has taken in, and gives it back. Never raises: serving goes on without."""

    def __init__(
        self,
        path: Path,
        secret: bytes,
        belongs: Mapping[str, str],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`belongs` is what the numbers hang on beside this program and the secret: another snapshot, another landing."""
        self.path, self._clock = path, clock
        everything = json.dumps({"program": queries.digest_of_program(), **belongs}, sort_keys=True)
        self._belongs = hmac.new(secret, everything.encode(), hashlib.sha256).hexdigest()
        self._has_more, self._next_at = False, clock()
        self._trouble = ""

    def restore(self, overlay: Overlay, spool: Path) -> Paused | None:
        """What was kept, its tables in the overlay; None, and the overlay as it was, when there is nothing that can be used.

        `spool` is a folder that the overlay's database may reach.
        """
        database = spool / "kept.duckdb"
        try:
            shutil.copyfile(self.path, database)
            state = _read(overlay.con, database, self._belongs)
            if state is not None:
                return _PAUSED.validate_json(state)
            why = "it is of another snapshot, program, landing or secret"
        except FileNotFoundError:
            return None
        except Exception as error:
            # Whatever an engine or a file system says may hold paths and ids.
            why = type(error).__name__
        finally:
            database.unlink(missing_ok=True)
        log.warning("%s is not used, and landing read anew: %s", self.path.name, why)
        return None

    def changed(self) -> None:
        """There is something to keep."""
        self._has_more = True

    @property
    def has_more(self) -> bool:
        """Whether something changed since it was kept."""
        return self._has_more

    @property
    def is_due(self) -> bool:
        """Whether something changed, and it is time to keep it."""
        return self._has_more and self._clock() >= self._next_at

    def keep(self, overlay: Overlay, paused: Paused, spool: Path) -> None:
        """Put it in the place of what was kept before, all of it or nothing."""
        self._next_at = self._clock() + KEEP_SECONDS
        database = spool / "keeping.duckdb"
        try:
            _write(overlay.con, database, self._belongs, _PAUSED.dump_json(paused).decode())
            self._put(database)
            self._has_more, self._trouble = False, ""
        except Exception as error:
            trouble = type(error).__name__
            if trouble != self._trouble:
                log.warning(
                    "%s cannot be written, so the next start takes longer: %s", self.path.name, trouble
                )
            self._trouble = trouble
        finally:
            for leftover in (database, database.with_name(f"{database.name}.wal")):
                leftover.unlink(missing_ok=True)

    def _put(self, database: Path) -> None:
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._remove_stale()
        # Readable by its owner alone.
        handle, draft = tempfile.mkstemp(prefix=f".{self.path.name}.", dir=self.path.parent)
        try:
            with open(handle, "wb") as file, database.open("rb") as rows:
                shutil.copyfileobj(rows, file)
                file.flush()
                os.fsync(handle)
            os.replace(draft, self.path)
        except BaseException:
            Path(draft).unlink(missing_ok=True)
            raise

    def _remove_stale(self) -> None:
        for draft in self.path.parent.glob(f".{self.path.name}.*"):
            with suppress(FileNotFoundError):  # another worker put its own in place
                if time.time() - draft.stat().st_mtime > _STALE_SECONDS:
                    draft.unlink()


def _write(con: duckdb.DuckDBPyConnection, path: Path, belongs: str, state: str) -> None:
    """Copy the tables into a new file, as they are at one moment, with what they belong to and the state of their follower."""
    with _attached(con, path, "read_write"):
        with transaction(con):
            for schema in ("fresh", "dimensions"):
                con.execute(f"create schema kept.{schema}")
            for table in TABLES:
                con.execute(f"create table kept.{table} as from {table}")
            con.execute("create table kept.state as select $1 as belongs, $2 as state", [belongs, state])
        con.execute("checkpoint kept")


def _read(con: duckdb.DuckDBPyConnection, path: Path, belongs: str) -> str | None:
    """Have the tables of the file in the place of those that are there, all of them or none; the state, None when it belongs to something else."""
    with _attached(con, path, "read_only"), transaction(con):
        ((said, state),) = con.execute("select belongs, state from kept.state").fetchall()
        if said != belongs:
            return None
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
