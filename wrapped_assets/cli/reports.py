"""What the command line shows: a customer's year, the checks, the quarantine, the books."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from wrapped_assets.assets.importing import fetching
from wrapped_assets.command import wrapped
from wrapped_assets.periods import LEVELS, Span
from wrapped_assets.product import Edition
from wrapped_assets.products import DEFAULT, FAMILIES, layers
from wrapped_assets.progress import report
from wrapped_assets.resources.checks import found_nothing
from wrapped_assets.resources.errors import Refused
from wrapped_assets.resources.open import open_landing, open_warehouse
from wrapped_assets.resources.warehouse import QuarantineEntry, Reader
from wrapped_assets.settings import Settings
from wrapped_assets.text.terminal import printable, say

if TYPE_CHECKING:
    # `wrapped summary` answers in a blink: it does without the two seconds that importing Dagster takes.
    import dagster as dg


class NoSummary(Refused):
    """There is no summary for what was asked."""

    def __init__(self, year: int, subject: str, seen: str) -> None:
        super().__init__(
            f"There is no {year} summary of {subject}.\n  {seen}\n  Next: check the id and the year."
        )


class NothingBuilt(Refused):
    """No row of the year was ever built: every check of it would pass, and there is nothing to publish."""

    def __init__(self, year: int, verb: str, known: str, then: str) -> None:
        super().__init__(
            f"There is nothing to {verb} for {year}: the warehouse holds no row of it.\n"
            f"  Editions built so far: {known}.\n  Next: {then}, or {verb} a year that was built."
        )


def require_edition(reader: Reader, settings: Settings, year: int, verb: str) -> None:
    """Raise NothingBuilt when no summary of the year was ever built, with what would have to change."""
    if reader.edition(year) is not None:
        return
    today, build = datetime.now(UTC).date(), wrapped(f"build --year {year}")
    if year > today.year:
        then = f"wait for {year}: the calendar ends today, {today}"
    elif year < settings.first_day.year:
        then = (
            f"set WRAPPED_FIRST_DAY, where the calendar starts, to a day of {year} (it is {settings.first_day}),"
            f" then `{build}`"
        )
    else:
        then = f"put files of {year} below {settings.landing_url}, then `{build}`"
    raise NothingBuilt(year, verb, _known(reader), then)


def _known(reader: Reader) -> str:
    return ", ".join(map(str, reader.editions())) or "none"


def edition_of(reader: Reader, year: int) -> Edition:
    """The edition of a year; NoSummary says which there are instead."""
    edition = reader.edition(year)
    if edition is None:
        raise NoSummary(year, "anybody", f"Editions built so far: {_known(reader)}.")
    return edition


def find(reader: Reader, year: int, wrapped_id: str | None, organization_id: str | None) -> Any:
    """The document of one customer; NoSummary says what is known instead."""
    edition = edition_of(reader, year)
    subject = f"customer {wrapped_id}" if wrapped_id else f"organization {organization_id}"
    if organization_id is not None:
        wrapped_id = reader.owner(organization_id)
        if wrapped_id is None:
            raise NoSummary(year, subject, "No row and no snapshot names this organization.")
    found = reader.facts(year, [wrapped_id] if wrapped_id else [])
    if not found:
        raise NoSummary(year, subject, "The customer is unknown, or had no activity in that year.")
    return DEFAULT.document(found[0], edition)


def print_summary(console: Console, summary: Any) -> None:
    """A document as a table of its main numbers."""
    print_numbers(console, f"{summary.year} of {summary.wrapped_id}", DEFAULT.main_numbers(summary))


def print_numbers(console: Console, title: str, numbers: Sequence[tuple[str, str]]) -> None:
    """Labels and values, line by line."""
    table = Table(title=shown(title), show_header=False, box=box.SIMPLE)
    for name, value in numbers:
        table.add_row(name, shown(value))
    console.print(table)


def print_top_customers(console: Console, reader: Reader, year: int, most: int = 10) -> None:
    """The customers with most requests, in 80 columns, and how to see one of them whole."""
    edition = reader.edition(year)
    facts = reader.facts(year, most=most)
    if edition is None or not facts:
        return
    names = reader.customers([row["wrapped_id"] for row in facts])
    table = Table(title=f"Top customers of {year}", box=box.SIMPLE, padding=0, pad_edge=False)
    table.add_column("customer")
    for column in ("requests", "errors", "read", "ingested", "stored", "busiest"):
        table.add_column(column, justify="right", no_wrap=True)
    for row in facts:
        peak = DEFAULT.document(row, edition).peak_day
        table.add_row(
            shown(names.get(row["wrapped_id"]) or row["wrapped_id"][:8]),
            f"{row['requests']:,}",
            "-" if row["errors"] is None else f"{row['errors']:,}",
            short_bytes(row["bytes_read"]),
            short_bytes(row["ingestion_bytes"]),
            "-" if row["storage_bytes"] is None else short_bytes(row["storage_bytes"]),
            str(peak.date) if peak else "-",
        )
    console.print(table)
    first = wrapped(f"summary --year {year} --wrapped-id {facts[0]['wrapped_id']}")
    say(console, f"The first of them, whole and exact:\n  {first}")


def shown(name: str) -> str:
    """A name from outside as a cell of a table: no markup of ours, no control characters of its own."""
    return escape(printable(name))


def short_bytes(count: int) -> str:
    """Bytes in three digits or so, cut and not rounded: 12,599,999 is 12.5 MB."""
    for power, unit in ((18, "EB"), (15, "PB"), (12, "TB"), (9, "GB"), (6, "MB"), (3, "kB")):
        if count >= 10**power:
            whole, tenths = divmod(count * 10 // 10**power, 10)
            return f"{whole:,}.{tenths} {unit}" if whole < 100 else f"{whole:,} {unit}"
    return f"{count} B"


def print_books(console: Console, reader: Reader, span: Span) -> None:
    """What landed, what of it was unique, and how many duplicates were removed."""
    table = Table(title="Duplicates removed")
    for column in ("family", "files", "landed rows", "unique rows", "duplicates"):
        table.add_column(column, justify="left" if column == "family" else "right")
    for family in FAMILIES:
        totals = reader.landing_totals(family, span)
        numbers = (totals.files, totals.landed_rows, totals.unique_rows, totals.duplicates)
        table.add_row(family, *(f"{number:,}" for number in numbers))
    console.print(table)


def print_quarantine(console: Console, entries: Sequence[QuarantineEntry], most: int = 30) -> None:
    """What could not be imported: how much in all, the files by name, the rows by reason."""
    if not entries:
        console.print("Quarantine is empty.")
        return
    files = [f"{entry.key}: {entry.reason}" for entry in entries if entry.rows is None]
    rows, holding = Counter[str](), Counter[str]()
    for entry in entries:
        if entry.rows is not None:
            reason = f"{entry.family}: {entry.reason}"
            rows[reason] += entry.rows
            holding[reason] += 1
    total = _count(rows.total(), "single row")
    say(console, f"In quarantine: {_count(len(files), 'whole file')} and {total}.")
    _print_lines(console, files, most)
    _print_lines(
        console,
        [
            f"{_count(rows[reason], 'row')} of {_count(holding[reason], 'file')}, {reason}"
            for reason in sorted(rows)
        ],
        most,
    )


def print_unrecognized(console: Console, unrecognized: Mapping[str, str], most: int = 30) -> None:
    """What lies in landing and no import looks at, each place with the reason."""
    if unrecognized:
        say(console, f"Not imported: {_count(len(unrecognized), 'place')} in landing.")
        _print_lines(console, [f"{place} {reason}" for place, reason in sorted(unrecognized.items())], most)


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _print_lines(console: Console, lines: Sequence[str], most: int) -> None:
    for line in lines[:most]:
        say(console, f"  {printable(line)}")
    if len(lines) > most:
        say(console, f"  and {len(lines) - most:,} more")


def print_checks(console: Console, evaluations: Sequence["dg.AssetCheckEvaluation"]) -> bool:
    """Every check with its result, then what was found; returns whether one failed (a warning does not)."""
    table = Table(title="Checks", box=box.SIMPLE, pad_edge=False)
    for column in ("result", "asset", "check"):
        table.add_column(column, no_wrap=True)
    ordered = sorted(evaluations, key=lambda e: (e.asset_key.path, e.check_name))
    for evaluation in ordered:
        table.add_row(_result(evaluation), "/".join(evaluation.asset_key.path), evaluation.check_name)
    console.print(table)
    for evaluation in ordered:
        if not found_nothing(evaluation.metadata):
            _print_broken(console, evaluation)
    failed = [evaluation for evaluation in ordered if _is_failure(evaluation)]
    warned = sum(not found_nothing(evaluation.metadata) for evaluation in ordered) - len(failed)
    passed = len(ordered) - len(failed) - warned
    console.print(f"{len(ordered)} checks: {passed} passed, {warned} warned, {len(failed)} failed.")
    return bool(failed)


def _is_failure(evaluation: "dg.AssetCheckEvaluation") -> bool:
    return not found_nothing(evaluation.metadata) and evaluation.severity.value == "ERROR"


def _result(evaluation: "dg.AssetCheckEvaluation") -> str:
    if found_nothing(evaluation.metadata):
        return "[green]passed"
    return "[red]FAILED" if _is_failure(evaluation) else "[yellow]warning"


def _print_broken(console: Console, evaluation: "dg.AssetCheckEvaluation", most: int = 3) -> None:
    """A check that did not pass: what it promises, and the first rows that break it."""
    place = f"{'/'.join(evaluation.asset_key.path)} {evaluation.check_name}"
    style = "red" if _is_failure(evaluation) else "yellow"
    say(console, f"{place} is broken. Its promise: {evaluation.description}", style)
    rows: Any = evaluation.metadata["first_broken_rows_as_data"].value
    for row in rows[:most]:
        say(console, "  " + ", ".join(f"{name} {value}" for name, value in row.items() if value is not None))
    count: Any = evaluation.metadata["broken_rows"].value
    if count > most:
        say(console, f"  and {count - most:,} more")


def print_differences(console: Console, settings: Settings, year: int) -> bool:
    """Compare every table with its full rebuild; returns whether one differs."""
    table = Table(title="Every table against its full rebuild", box=box.SIMPLE, pad_edge=False)
    for column in ("result", "table"):
        table.add_column(column, no_wrap=True)
    first: list[str] = []
    tables = [*layers("raw", *LEVELS), ("wrapped_summaries", "")]
    fetch = fetching(open_landing(settings))
    differs = False
    # In ClickHouse the comparison works in the writer's staging tables.
    with open_warehouse(settings).unchanging() as reader:
        for number, (layer, family) in enumerate(tables):
            report("comparing", number, len(tables))
            span = LEVELS[layer].covering(Span.year(year)) if layer in LEVELS else Span.year(year)
            found = reader.differences(layer, family, span, fetch)
            differs |= bool(found)
            name = "/".join(filter(None, (layer, family)))
            table.add_row("[red]DIFFERS" if found else "[green]identical", name)
            one_each = {row["side"]: row["content"] for row in reversed(found)}
            first += [f"{name}, only {side}: {content}" for side, content in sorted(one_each.items())]
        report("comparing", len(tables), len(tables))
    console.print(table)
    for line in first:
        say(console, line, "red")
    return differs
