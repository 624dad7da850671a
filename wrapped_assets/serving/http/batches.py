"""What requests leave behind, written by a thread of its own: an answer waits for nothing."""

import threading
from collections import deque
from collections.abc import Callable
from typing import Generic, TypeVar

Item = TypeVar("Item")


class Batches(Generic[Item]):
    """Items that wait to be written, so many and no more: what comes faster than it is written is counted and let go."""

    def __init__(
        self, write: Callable[[list[Item]], object], lost: Callable[[int], None], most: int, seconds: float
    ) -> None:
        self._write, self._tell_lost, self._most, self._seconds = write, lost, most, seconds
        self._waiting: deque[Item] = deque()
        self._lost = 0
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._write_on, name=type(self).__name__, daemon=True)

    def start(self) -> None:
        """Write what waits, every so many seconds."""
        self._thread.start()

    def add(self, item: Item) -> None:
        """Let it wait, if there is room."""
        if len(self._waiting) < self._most:
            self._waiting.append(item)
        else:
            self._lost += 1

    def again(self, items: list[Item]) -> None:
        """Let them wait once more, before all others."""
        self._waiting.extendleft(reversed(items))

    def close(self) -> None:
        """Write what waits and stop."""
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join(10)

    def take(self) -> list[Item]:
        """What waits; it waits no more."""
        lost, self._lost = self._lost, 0
        self._tell_lost(lost)
        return [self._waiting.popleft() for _ in range(len(self._waiting))]

    def _write_on(self) -> None:
        stopped = False
        while not stopped:
            stopped = self._stopped.wait(self._seconds)
            if items := self.take():
                self._write(items)
