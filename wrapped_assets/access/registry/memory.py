"""What a process remembers of the registry between two looks at it, so that most requests ask no database."""

import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from wrapped_assets.access.grants import Grant
from wrapped_assets.access.registry.link_rows import Link

# A revocation must be seen within a second, the question included.
LOOK_AGAIN_SECONDS = 0.5
# A question that must have the newest answer takes one that is at most so old: forged tokens cannot make us ask for each.
FRESH_SECONDS = 0.05
MOST_REMEMBERED = 20_000

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


@dataclass(frozen=True)
class State:
    """The one row that says whether anything was taken away."""

    changes: int
    epoch: int
    salt: bytes = field(repr=False)


class Remembered(Generic[Key, Value]):
    """At most so many answers; when it is full it starts anew, which costs each key one question more."""

    def __init__(self, most: int = MOST_REMEMBERED) -> None:
        self._most = most
        self._held: dict[Key, Value] = {}

    def get(self, key: Key) -> Value | None:
        """The answer, or None when it must be asked."""
        return self._held.get(key)

    def put(self, key: Key, value: Value) -> None:
        """Remember an answer."""
        if len(self._held) >= self._most:
            self._held = {}
        self._held[key] = value


@dataclass(frozen=True)
class Generation:
    """What was remembered while the state was this.

    An answer is put where it was looked for before it was asked. One that was read just before a revocation, and
    arrives after it was noticed, so ends in a generation that nobody looks at any more.
    """

    state: State
    links: Remembered[str, Link] = field(default_factory=Remembered)
    valid: Remembered[str, bool] = field(default_factory=Remembered)
    static: Remembered[bytes, Grant] = field(default_factory=Remembered)


class Memory:
    """The present generation, looked at again when it is old."""

    def __init__(self, read: Callable[[], State], monotonic: Callable[[], float] = time.monotonic) -> None:
        self._read = read
        self._monotonic = monotonic
        self._asked_at = monotonic()
        self._generation = Generation(read())

    def now(self, fresh: bool = False) -> Generation:
        """What may be relied on now; asks the registry when that was too long ago."""
        at = self._monotonic()
        if at - self._asked_at >= (FRESH_SECONDS if fresh else LOOK_AGAIN_SECONDS):
            found = self._read()
            if found != self._generation.state:
                self._generation = Generation(found)
            # As of before the question: the answer is at least so new.
            self._asked_at = at
        return self._generation

    def forget(self) -> None:
        """Something was taken away by this process itself."""
        self._asked_at = float("-inf")
