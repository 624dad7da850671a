"""One JSON line for each request: when, which route, how it ended, how long it took. No token, no query, no id, no path.

Lines are written by a thread of their own. When they come faster than their reader takes them, they are counted and let go:
a slow log never slows an answer.
"""

import hashlib
import threading
from collections import deque
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from typing import TextIO

from wrapped_assets.serving.http.messages import Notes

MOST_WAITING = 50_000
WRITE_SECONDS = 0.2


@lru_cache(maxsize=4096)
def digest(text: str) -> str:
    """A short name for something that must not be logged itself: the same each time, and no way back."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def line(notes: Notes, status: int, size: int, seconds: float, at: datetime) -> str:
    """What is told of one request. Nothing in it needs escaping: every value is ours, a number, or of a known few."""
    told = (
        f'{{"time": "{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}Z", "request_id": "{notes.request_id}",'
        f' "method": "{notes.method}", "route": "{notes.route}", "status": {status},'
        f' "seconds": {seconds:.6f}, "bytes": {size}'
    )
    if notes.pipe:
        told += f', "pipe": "{notes.pipe}", "rows": {notes.rows}, "rows_read": {notes.rows_read}'
    if notes.caller:
        told += f', "caller": "{digest(notes.caller)}"'
    if notes.url_key:
        told += f', "key": "{digest(notes.url_key)}"'
    if notes.refused:
        told += f', "refused": "{notes.refused}"'
    if notes.problem:
        told += f', "problem": "{notes.problem}"'
    return told + "}\n"


class AccessLog:
    """Writes lines to a stream, soon."""

    def __init__(
        self,
        stream: TextIO,
        lost: Callable[[int], None] = lambda lines: None,
        most_waiting: int = MOST_WAITING,
    ) -> None:
        self._stream = stream
        self._tell_lost = lost
        self._most_waiting = most_waiting
        self._waiting: deque[str] = deque()
        self._lost = 0
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._write_on, name="access-log", daemon=True)
        self._thread.start()

    def add(self, told: str) -> None:
        """Take one line; it is written within WRITE_SECONDS, if the stream takes it."""
        if len(self._waiting) < self._most_waiting:
            self._waiting.append(told)
        else:
            self._lost += 1

    def close(self) -> None:
        """Write what waits and stop."""
        self._stopped.set()
        self._thread.join(5)

    def _write_on(self) -> None:
        while not self._stopped.wait(WRITE_SECONDS):
            self._write()
        self._write()

    def _write(self) -> None:
        lines = [self._waiting.popleft() for _ in range(len(self._waiting))]
        lost, self._lost = self._lost, 0
        self._tell_lost(lost)
        if not lines:
            return
        try:
            self._stream.write("".join(lines))
            self._stream.flush()
        except (OSError, ValueError):
            self._tell_lost(len(lines))
