"""An open registry's database, clock, and answers of a moment ago: what its rows of links and of tokens share."""

import secrets
import time
from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Self, TypeVar

from sqlalchemy import Connection, update

from wrapped_assets.access.registry.database import Database
from wrapped_assets.access.registry.keys import Draw
from wrapped_assets.access.registry.tables import prepare, state
from wrapped_assets.access.tokens import Clock, now

SALT_BYTES = 32

# What was revoked in one process is refused in all others within a second, the question included.
LOOK_AGAIN_SECONDS = 0.5
# A question that must have the newest answer accepts one that is at most so old: forged tokens cannot make us ask for each.
FRESH_SECONDS = 0.05
MOST_REMEMBERED = 20_000

_SUBJECTS_AT_ONCE = 500

_Value = TypeVar("_Value")


class Opened:
    """Closed by `close`, or at the end of a `with` block."""

    def __init__(
        self,
        database: Database,
        clock: Clock = now,
        monotonic: Callable[[], float] = time.monotonic,
        draw: Draw = secrets.token_bytes,
    ) -> None:
        self._database = database
        self._clock = clock
        self._monotonic = monotonic
        self._draw = draw
        self._answers: dict[Hashable, tuple[float, Any]] = {}
        try:
            prepare(database, draw(SALT_BYTES))
        except BaseException:
            database.close()
            raise

    def close(self) -> None:
        """Give its connections back."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Registry({self._database.place})"

    @contextmanager
    def _changing(self) -> Iterator[Connection]:
        """A transaction that takes something away.

        It counts the change first: a process of an earlier version, which remembers what it read, forgets it then; and two
        that change the same rows wait for each other here, and never for each other's rows.
        """
        with self._database.writing() as connection:
            connection.execute(update(state).values(changes=state.c.changes + 1))
            yield connection
        self._answers.clear()

    def _recently(
        self, key: Hashable, ask: Callable[[], _Value], seconds: float = LOOK_AGAIN_SECONDS
    ) -> _Value:
        """The answer, asked anew unless it was asked within these seconds. What is false or unknown is asked each time."""
        at = self._monotonic()
        asked_at, answer = self._answers.get(key, (at - seconds, None))
        if at - asked_at < seconds:
            return answer  # type: ignore[no-any-return]
        found = ask()
        if found:
            if len(self._answers) >= MOST_REMEMBERED:
                self._answers.clear()
            # As of before the question: the answer is at least so new.
            self._answers[key] = at, found
        return found


def pieces(whole: Mapping[str, _Value]) -> Iterator[dict[str, _Value]]:
    """So many subjects at once as one transaction takes."""
    subjects = sorted(whole)
    for start in range(0, len(subjects), _SUBJECTS_AT_ONCE):
        yield {name: whole[name] for name in subjects[start : start + _SUBJECTS_AT_ONCE]}
