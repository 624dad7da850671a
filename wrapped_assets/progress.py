"""Telling whoever watches how far long work is: a progress bar in the terminal, a log line in Dagster."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

Sink = Callable[[str, int, int], None]
"""Called with a label, how many units are done and how many there are."""

_sink: ContextVar[Sink | None] = ContextVar("progress_sink", default=None)


def report(label: str, done: int, total: int) -> None:
    """Say that `done` of `total` units of `label` are done; nobody watching is fine."""
    sink = _sink.get()
    if sink is not None:
        sink(label, done, total)


@contextmanager
def shown_by(sink: Sink) -> Iterator[None]:
    """Send the reports made inside to this sink."""
    token = _sink.set(sink)
    try:
        yield
    finally:
        _sink.reset(token)
