"""Telling whoever watches how far long work is, and what it waits for: in the terminal, or a log line in Dagster."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

Progress = Callable[[str, int, int], None]
"""Called with a label, how many units are done and how many there are."""

Notice = Callable[[str], None]
"""Called with a sentence for whoever waits."""

_sink: ContextVar[Progress | None] = ContextVar("progress_sink", default=None)
_notice: ContextVar[Notice | None] = ContextVar("progress_notice", default=None)


def report(label: str, done: int, total: int) -> None:
    """Say that `done` of `total` units of `label` are done; nobody watching is fine."""
    sink = _sink.get()
    if sink is not None:
        sink(label, done, total)


def waits(text: str) -> None:
    """Say what the work waits for; nobody watching is fine."""
    notice = _notice.get()
    if notice is not None:
        notice(text)


@contextmanager
def told_by(notice: Notice) -> Iterator[None]:
    """Send what the work inside waits for to this notice."""
    token = _notice.set(notice)
    try:
        yield
    finally:
        _notice.reset(token)


@contextmanager
def shown_by(sink: Progress) -> Iterator[None]:
    """Send the reports made inside to this sink."""
    token = _sink.set(sink)
    try:
        yield
    finally:
        _sink.reset(token)
