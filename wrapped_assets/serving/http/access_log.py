"""One JSON line for each request: when, which route, how it ended, how long it took. No token, no query, no id, no path.

A slow log never slows an answer: lines that come faster than their reader takes them are counted and let go.
"""

import hashlib
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from typing import TextIO

from wrapped_assets.serving.http.batches import Batches
from wrapped_assets.serving.http.messages import Notes

MOST_WAITING = 50_000
WRITE_SECONDS = 0.2


@lru_cache(maxsize=4096)
def digest(text: str) -> str:
    """A short name for something that must not be logged itself: the same each time, and no way back."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def line(notes: Notes, status: int, size: int, seconds: float, at: datetime) -> str:
    """One request as JSON. Nothing in it needs escaping: every value is ours, a number, or of a known few."""
    text = (
        f'{{"time": "{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}Z", "request_id": "{notes.request_id}",'
        f' "method": "{notes.method}", "route": "{notes.route}", "status": {status},'
        f' "seconds": {seconds:.6f}, "bytes": {size}'
    )
    if notes.pipe:
        text += f', "pipe": "{notes.pipe}", "rows": {notes.rows}, "rows_read": {notes.rows_read}'
    if notes.caller:
        text += f', "caller": "{digest(notes.caller)}"'
    if notes.url_key:
        text += f', "key": "{digest(notes.url_key)}"'
    if notes.refused:
        text += f', "refused": "{notes.refused}"'
    if notes.problem:
        text += f', "problem": "{notes.problem}"'
    return text + "}\n"


class AccessLog(Batches[str]):
    """Writes lines to a stream, soon."""

    def __init__(
        self,
        stream: TextIO,
        lost: Callable[[int], None] = lambda lines: None,
        most_waiting: int = MOST_WAITING,
    ) -> None:
        super().__init__(self._put, lost, most_waiting, WRITE_SECONDS)
        self._stream = stream
        self.start()

    def _put(self, lines: list[str]) -> None:
        try:
            self._stream.write("".join(lines))
            self._stream.flush()
        except (OSError, ValueError):
            self._tell_lost(len(lines))
