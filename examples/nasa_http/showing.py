"""What the terminal shows: what landed, and the comparison."""

from collections.abc import Sequence
from itertools import zip_longest

from rich.console import Console
from rich.table import Table

from examples.nasa_http.comparison import Line, Value

CAPTION = (
    "Above the line: what others published about the log. Below: what other programs counted in this very file;"
    " days, months and instants by the log's own clock, UTC-4."
)


def print_books(console: Console, books: Sequence[tuple[str, int, int]]) -> bool:
    """What must have landed beside what the ledger says; returns whether all of it is equal."""
    table = Table(title="What landed")
    for column in ("what", "sent", "in the books", ""):
        table.add_column(column, justify="right" if column in ("sent", "in the books") else "left")
    for what, sent, found in books:
        table.add_row(what, f"{sent:,}", f"{found:,}", _mark(sent == found))
    console.print(table)
    return all(sent == found for _, sent, found in books)


def print_comparison(console: Console, lines: Sequence[Line]) -> bool:
    """Every known number beside the computed one; returns whether all are equal."""
    table = Table(title="NASA web server, July 1995, laid out over 2017", caption=CAPTION)
    for column in ("what", "published", "computed", "equal", "computed from"):
        table.add_column(
            column, justify="right" if column in ("published", "computed") else "left", overflow="fold"
        )
    for line, following in zip_longest(lines, lines[1:]):
        ends_section = following is not None and line.is_published and not following.is_published
        cells = line.what, _text(line.known), _text(line.computed), _mark(line.is_equal), line.table
        table.add_row(*cells, end_section=ends_section)
    console.print(table)
    return all(line.is_equal for line in lines)


def _text(value: Value | None) -> str:
    if value is None:
        return "nothing"
    return "  ".join(f"{part:,}" if isinstance(part, int) else part for part in value)


def _mark(is_equal: bool) -> str:
    return "[green]equal" if is_equal else "[red]DIFFERS"
