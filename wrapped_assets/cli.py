"""The command line: `wrapped demo | build | summary | check`."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from wrapped_assets import progress
from wrapped_assets.periods import Span
from wrapped_assets.resources.errors import Refused, RegionUnavailable, WarehouseError
from wrapped_assets.resources.landing_store import LandingStoreError
from wrapped_assets.settings import BadSettings, Settings

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_show_locals=False,
    rich_markup_mode="markdown",
    help="Wrapped: regional usage logs in, an exact year-in-review for every customer out.\n\n"
    "Start with `wrapped demo`. Settings come from WRAPPED_* variables (docs/operations.md).",
)

console = Console(stderr=False)
errors = Console(stderr=True)

Year = Annotated[int, typer.Option("--year", "-y", help="The calendar year, UTC.", min=1990, max=2200)]


class Format(StrEnum):
    """How to print a summary."""

    json = "json"
    table = "table"


@contextmanager
def _bars() -> Iterator[None]:
    """A progress bar for each label that the work reports, while it is under way."""
    columns = (TextColumn("{task.description:<24}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=errors, transient=True) as bars:
        tasks: dict[str, TaskID] = {}

        def show(label: str, done: int, total: int) -> None:
            if label not in tasks:
                tasks[label] = bars.add_task(label, total=total)
            bars.update(tasks[label], completed=done, total=total)
            if done >= total:
                bars.remove_task(tasks.pop(label))

        with progress.shown_by(show):
            yield


@app.command()
def build(
    year: Year,
    since: Annotated[
        datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="First day; default 1 January.")
    ] = None,
    until: Annotated[
        datetime | None,
        typer.Option("--to", formats=["%Y-%m-%d"], help="Last day; default 31 December or today."),
    ] = None,
    full: Annotated[
        bool, typer.Option("--full", help="Rebuild every layer instead of following what changed.")
    ] = False,
) -> None:
    """Import what landed for a year (or some of its days) and refresh every layer that follows from it.

    Runs the same assets as `dagster dev`, in the same instance. Safe to repeat and to interrupt: it goes on
    where it stopped, and says so when there is nothing to do.
    """
    from wrapped_assets import running

    settings = Settings.load()
    span = _span(settings, year, since, until)
    started = datetime.now(UTC)
    with _bars(), running.instance(settings) as instance:
        runs = (running.rebuild if full else running.build)(instance, settings, span)
    seconds = (datetime.now(UTC) - started).total_seconds()
    if runs:
        console.print(
            f"Built {span.start} to {span.end - timedelta(days=1)}: {runs} runs in {seconds:.1f} s."
        )
    else:
        console.print(
            f"Nothing to do: every file of {span.start} to {span.end - timedelta(days=1)} is imported"
            f" and every layer follows it ({seconds:.1f} s)."
        )


@app.command()
def summary(
    year: Year,
    wrapped_id: Annotated[str | None, typer.Option("--wrapped-id", help="The customer's public id.")] = None,
    organization_id: Annotated[
        str | None, typer.Option("--organization-id", help="Any organization of the customer.")
    ] = None,
    format: Annotated[
        Format, typer.Option("--format", help="json: the document, byte for byte; table: to read.")
    ] = Format.table,
) -> None:
    """Print one customer's year.

    Name the customer by exactly one of --wrapped-id and --organization-id.
    """
    from wrapped_assets import reports
    from wrapped_assets.resources.open import open_warehouse

    if (wrapped_id is None) == (organization_id is None):
        raise typer.BadParameter("Give exactly one of --wrapped-id and --organization-id.")
    settings = Settings.load()
    with open_warehouse(settings).reading() as reader:
        document = reports.find(reader, year, wrapped_id, organization_id)
    if format is Format.json:
        sys.stdout.buffer.write(document.to_json() + b"\n")
    else:
        reports.print_summary(console, document)


@app.command()
def check(
    year: Year,
    deep: Annotated[
        bool, typer.Option("--deep", help="Also compare every table with its full rebuild.")
    ] = False,
) -> None:
    """Run every asset check over a year and exit with 1 when one fails.

    The checks run through Dagster, so the UI shows the same results. A warning (something is in quarantine)
    does not fail the command. --deep costs as much as a rebuild and changes nothing.
    """
    from wrapped_assets import reports, running
    from wrapped_assets.resources.open import open_warehouse

    settings = Settings.load()
    with open_warehouse(settings).reading():
        pass  # says at once when there is nothing to check
    with _bars(), running.instance(settings) as instance:
        evaluations = running.check(instance, year)
    failed = reports.print_checks(console, evaluations)
    if deep:
        with _bars():
            failed |= reports.print_differences(console, settings, year)
    raise typer.Exit(1 if failed else 0)


@app.command()
def demo(
    requests: Annotated[int, typer.Option(help="API requests in the synthetic year.", min=10_000)] = 300_000,
    year: Year = 2025,
    seed: Annotated[int, typer.Option(help="Another seed is another world.")] = 1,
) -> None:
    """Build a synthetic multi-region year through the whole graph, check it, and show what came out.

    Writes regional databases and landing files into WRAPPED_HOME (default `.wrapped`), exports, imports, removes
    the duplicates, rolls up, and compares every total with what the synthetic source knows to be true.
    """
    from wrapped_assets import demo as demonstration

    settings = Settings.load()
    with _bars():
        world = demonstration.prepare(settings, year, requests, seed)
    raise typer.Exit(demonstration.run(console, settings, world, _bars))


def _span(settings: Settings, year: int, since: datetime | None, until: datetime | None) -> Span:
    """The days asked for, inside the calendar of partitions."""
    whole = Span.year(year)
    start = since.date() if since else max(whole.start, settings.first_day)
    last = until.date() if until else min(whole.end - timedelta(days=1), datetime.now(UTC).date())
    first_day, today = settings.first_day, datetime.now(UTC).date()
    for name, day in (("--from", start), ("--to", last)):
        if day not in whole:
            raise typer.BadParameter(f"{name} is {day}, which is not in {year}.")
    if last < start:
        raise typer.BadParameter(
            f"There is nothing to build from {start} to {last}: the calendar runs from {first_day}"
            f" (WRAPPED_FIRST_DAY) to {today}."
        )
    if start < first_day:
        raise typer.BadParameter(
            f"--from is {start}, before the calendar's first day {first_day} (WRAPPED_FIRST_DAY)."
        )
    return Span(start, last + timedelta(days=1))


def main() -> None:
    """Run the command line; known errors are printed as sentences and exit with 2."""
    try:
        app()
    except (BadSettings, LandingStoreError, RegionUnavailable, Refused, WarehouseError) as error:
        errors.print(str(error), style="red", highlight=False, markup=False)
        raise SystemExit(2) from None
