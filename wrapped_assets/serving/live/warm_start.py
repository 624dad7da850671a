"""What a worker took in from landing, kept for the next one: a start goes on where the last process stopped.

One file a year: a seal, a line that says what it belongs to, a line with the files taken and the hours that wait, and the overlay's
tables as a DuckDB file. The seal is the HMAC of all the rest. What is cut off, damaged, or was made with another secret has another one, and is
not so much as looked into. When in doubt there is nothing: landing is then read from the snapshot on, as ever.
"""

import hashlib
import hmac
import json
import logging
import os
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from pydantic import TypeAdapter

from wrapped_assets import queries
from wrapped_assets.resources.snapshot import kept as tables
from wrapped_assets.resources.snapshot.overlay import Overlay
from wrapped_assets.serving.live.fresh import Taken
from wrapped_assets.serving.live.touched import Hours

log = logging.getLogger(__name__)

KEEP_SECONDS = 60.0
"""Between two times of keeping: a start has at most so much to make up for."""

# A draft that is older was left by a process that was killed.
_STALE_SECONDS = 3600.0
_SEAL_BYTES = 32
_PIECE_BYTES = 1 << 20


@dataclass(frozen=True)
class Paused:
    """A follower between two looks, beside its tables."""

    taken: list[Taken]
    waiting: dict[str, Hours]
    through: datetime


_PAUSED = TypeAdapter(Paused)


class _Unusable(Exception):
    """Why what is kept is not taken; the text is for the log."""


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
        everything = {"program": queries.digest_of_program(), **belongs}
        self._belongs = json.dumps(everything, sort_keys=True).encode() + b"\n"
        self._key = hmac.digest(secret, b"what a worker keeps", hashlib.sha256)
        self._has_more, self._next_at = False, clock()
        self._trouble = ""

    def restore(self, overlay: Overlay, spool: Path) -> Paused | None:
        """What was kept, its tables in the overlay; None, and the overlay as it was, when there is nothing that can be used.

        `spool` is a folder that the overlay's database may reach.
        """
        database = spool / "kept.duckdb"
        try:
            with self.path.open("rb") as file:
                paused = self._unsealed(file, database)
            tables.read(overlay.con, database)
        except FileNotFoundError:
            return None
        except Exception as error:
            # Whatever an engine or a file system says may hold paths and ids.
            why = str(error) if isinstance(error, _Unusable) else type(error).__name__
            log.warning("%s is not used, and landing read anew: %s", self.path.name, why)
            return None
        finally:
            database.unlink(missing_ok=True)
        return paused

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
            tables.write(overlay.con, database)
            self._put(database, paused)
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

    def _put(self, database: Path, paused: Paused) -> None:
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._remove_stale()
        # Readable by its owner alone. Not flushed: after a power cut the seal does not fit.
        handle, draft = tempfile.mkstemp(prefix=f".{self.path.name}.", dir=self.path.parent)
        try:
            with open(handle, "wb") as file, database.open("rb") as rows:
                self._seal(file, paused, rows)
            os.replace(draft, self.path)
        except BaseException:
            Path(draft).unlink(missing_ok=True)
            raise

    def _seal(self, file: BinaryIO, paused: Paused, rows: BinaryIO) -> None:
        seal = hmac.new(self._key, digestmod=hashlib.sha256)
        file.write(bytes(_SEAL_BYTES))
        for piece in (self._belongs, _PAUSED.dump_json(paused) + b"\n"):
            seal.update(piece)
            file.write(piece)
        _copy(rows, file, seal)
        file.seek(0)
        file.write(seal.digest())

    def _unsealed(self, file: BinaryIO, database: Path) -> Paused:
        """What the file says, and its tables in `database`, once it is certain that this program wrote all of it."""
        seal = hmac.new(self._key, digestmod=hashlib.sha256)
        said, belongs = file.read(_SEAL_BYTES), file.readline(len(self._belongs))
        if belongs != self._belongs:
            raise _Unusable("it is of another snapshot, program or landing, or no such file")
        paused = file.readline()
        seal.update(belongs)
        seal.update(paused)
        with database.open("wb") as rows:
            _copy(file, rows, seal)
        if not hmac.compare_digest(said, seal.digest()):
            raise _Unusable("it is damaged, or was made with another secret")
        return _PAUSED.validate_json(paused)

    def _remove_stale(self) -> None:
        for draft in self.path.parent.glob(f".{self.path.name}.*"):
            with suppress(FileNotFoundError):  # another worker put its own in place
                if time.time() - draft.stat().st_mtime > _STALE_SECONDS:
                    draft.unlink()


def _copy(source: BinaryIO, target: BinaryIO, seal: "hmac.HMAC") -> None:
    while piece := source.read(_PIECE_BYTES):
        seal.update(piece)
        target.write(piece)
