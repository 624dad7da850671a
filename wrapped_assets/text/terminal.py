"""What every command writes to: results to the standard output, progress and errors to the standard error."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from wrapped_assets import progress

console = Console(stderr=False)
errors = Console(stderr=True)


@contextmanager
def bars() -> Iterator[None]:
    """A progress bar for each label that the work reports, while it is under way."""
    columns = (TextColumn("{task.description:<24}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=errors, transient=True, disable=not errors.is_terminal) as shown:
        tasks: dict[str, TaskID] = {}

        def show(label: str, done: int, total: int) -> None:
            if label not in tasks:
                tasks[label] = shown.add_task(label, total=total)
            shown.update(tasks[label], completed=done, total=total)
            if done >= total:
                shown.remove_task(tasks.pop(label))

        with progress.shown_by(show):
            yield


def say(where: Console, text: str, style: str | None = None) -> None:
    """Print a text as it is: what it quotes is no markup, and no line is broken at the terminal's edge."""
    where.print(text, style=style, markup=False, highlight=False, soft_wrap=True)


def printable(text: str) -> str:
    """A text from outside: a terminal obeys control characters."""
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text)
