"""How far long work is and what it waits for, in the terminal or a log line of Dagster; and the terminal's two outputs."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars

Progress = Callable[[str, int, int], None]
"""Called with a label, how many units are done and how many there are."""

Notice = Callable[[str], None]
"""Called with a sentence for whoever waits."""

# Results go to the standard output, progress and errors to the standard error.
console = Console(stderr=False)
errors = Console(stderr=True)

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


@contextmanager
def bars() -> Iterator[None]:
    """A progress bar for each label that the work reports, while it is under way."""
    columns = (TextColumn("{task.description:<24}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Bars(*columns, console=errors, transient=True, disable=not errors.is_terminal) as shown:
        tasks: dict[str, TaskID] = {}

        def show(label: str, done: int, total: int) -> None:
            if label not in tasks:
                tasks[label] = shown.add_task(label, total=total)
            shown.update(tasks[label], completed=done, total=total)
            if done >= total:
                shown.remove_task(tasks.pop(label))

        with shown_by(show):
            yield


def say(where: Console, text: str, style: str | None = None) -> None:
    """Print a text as it is: what it quotes is no markup, and no line is broken at the terminal's edge."""
    where.print(text, style=style, markup=False, highlight=False, soft_wrap=True)
