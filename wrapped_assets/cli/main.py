"""The command line: `wrapped demo | build | summary | check | publish | promote | rollback | versions | token | listening | serve`."""

import sys
from datetime import UTC, date, datetime, timedelta
from importlib.metadata import version
from typing import Annotated, Any, NoReturn

import typer

from wrapped_assets import progress
from wrapped_assets.cli import catalog, listening, publish, serve, summary, token
from wrapped_assets.cli.options import ProductName
from wrapped_assets.cli.summary import WAIT_SECONDS
from wrapped_assets.command import wrapped
from wrapped_assets.landing.store import LandingStoreError
from wrapped_assets.periods import Span
from wrapped_assets.product import ContradictoryFacts
from wrapped_assets.products import BUCKETED, PRODUCTS
from wrapped_assets.resources.errors import Refused, RegionUnavailable, WarehouseError
from wrapped_assets.settings import BadSettings, Settings
from wrapped_assets.text.terminal import bars, console, errors, say

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_show_locals=False,
    rich_markup_mode="markdown",
    help="Wrapped: regional usage logs in, an exact year-in-review for every customer out.\n\n"
    "Start with `wrapped demo`, then `wrapped summary`. With files of your own, put them below the landing folder"
    " and `wrapped build --year Y`. Settings come from WRAPPED_* variables (docs/operations.md).\n\n"
    "Exit codes: 0 done, 1 a check failed, 2 refused, with what to do next, 3 a defect of this program.",
)


def _version(asked: bool) -> None:
    if asked:
        console.print(f"wrapped {version('wrapped-assets')}", highlight=False)
        raise typer.Exit


@app.callback()
def everything(
    asked: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """What every command shares."""


app.add_typer(catalog.app, name="catalog")
app.add_typer(publish.app)
app.add_typer(token.app, name="token")
app.add_typer(listening.app, name="listening")
app.command()(serve.serve)
app.command()(summary.summary)

Year = Annotated[int, typer.Option("--year", "-y", help="The calendar year, UTC.", min=1990, max=2200)]


def _day(text: str) -> date:
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        raise typer.BadParameter(f"expected a day as YYYY-MM-DD, got '{text}'.") from None


def _option(name: str, help: str) -> Any:
    return typer.Option(name, parser=_day, metavar="YYYY-MM-DD", help=help)


@app.command()
def build(
    context: typer.Context,
    year: Year,
    since: Annotated[date | None, _option("--from", "First day; default 1 January.")] = None,
    until: Annotated[date | None, _option("--to", "Last day; default 31 December or today.")] = None,
    full: Annotated[
        bool, typer.Option("--full", help="Rebuild every layer instead of following what changed.")
    ] = False,
    product: ProductName = None,
) -> None:
    """Import what landed for a year (or some of its days) and refresh every layer that follows from it.

    Runs the same assets as `dagster dev`, in the same instance. Safe to repeat and to interrupt: it goes on
    where it stopped, and says so when there is nothing to do.

    With --product listening everything before the year is imported too, back to WRAPPED_FIRST_DAY, and --full recounts the edition.

    Examples: `wrapped build --year 2025`, `wrapped build --year 2025 --from 2025-03-01 --to 2025-03-07 --full`.
    """
    settings = Settings.load()
    span, bucketed = _span(settings, year, since, until), BUCKETED.get(product or "")
    if bucketed and not since:
        # What was heard first, and the year before, count too; and the year ends a day later west of UTC.
        span = Span(settings.first_day, min(span.end, datetime.now(UTC).date()) + timedelta(days=1))
    from wrapped_assets.cli import running  # Dagster takes seconds to import: wrong input is told before
    from wrapped_assets.cli.instance import dagster_instance
    from wrapped_assets.resources.open import kept_open

    context.with_resource(kept_open(settings))
    running.require_landing(settings)
    started = datetime.now(UTC)
    with bars(), dagster_instance(settings) as instance:
        if full:
            runs = running.rebuild(instance, settings, span, bucketed)
        else:
            runs = running.build(instance, settings, span)
    _tell(settings, span, runs, (datetime.now(UTC) - started).total_seconds())


def _tell(settings: Settings, span: Span, runs: int, seconds: float) -> None:
    """What a build did, and what there is now."""
    from wrapped_assets.cli.build_report import build_report

    last = span.end - timedelta(days=1)
    if runs:
        count = f"{runs} run{'s' if runs > 1 else ''}"
        say(console, f"Built {span.start} to {last}: {count} in {seconds:.1f} s.")
    else:
        say(
            console,
            f"Nothing to do: no file of {span.start} to {last} is new, and every layer follows those that are"
            f" imported ({seconds:.1f} s). Looked below {settings.landing_url}",
        )
    holdings, warnings = build_report(settings, span)
    if holdings:
        say(console, holdings)
    for warning in warnings:
        say(console, warning, "yellow")


@app.command()
def check(
    year: Year,
    deep: Annotated[
        bool, typer.Option("--deep", help="Also compare every table with its full rebuild.")
    ] = False,
    product: ProductName = None,
) -> None:
    """Run every asset check over a year, or those of one product, and exit with 1 when one fails.

    The checks run through Dagster, so the UI shows the same results. A warning (something is in quarantine)
    does not fail the command. --deep costs as much as a rebuild and changes nothing.

    Example, for CI: `wrapped build --year 2025 && wrapped check --year 2025`.
    """
    settings = Settings.load()
    from wrapped_assets.bucketed.edition_database import EditionMissing
    from wrapped_assets.bucketed.editions_of import edition_exists
    from wrapped_assets.cli import reports
    from wrapped_assets.resources.open import open_landing, open_warehouse

    bucketed = BUCKETED.get(product or "")
    if bucketed and not edition_exists(settings, bucketed, year):
        raise EditionMissing(bucketed.name, year)
    with open_warehouse(settings).reading(WAIT_SECONDS) as reader:
        if not any(edition_exists(settings, each, year) for each in BUCKETED.values()):
            reports.require_edition(reader, settings, year, "check")
    from wrapped_assets.cli import build_report, running
    from wrapped_assets.cli.instance import dagster_instance

    with bars(), dagster_instance(settings) as instance:
        evaluations = running.check(instance, year, PRODUCTS.get(product or ""))
    failed, span = reports.print_checks(console, evaluations), Span.year(year)
    with open_warehouse(settings).reading(WAIT_SECONDS) as reader:
        reports.print_quarantine(console, reader.quarantine(span))
        reports.print_unrecognized(console, build_report.unrecognized(open_landing(settings), span, reader))
    if deep:
        with bars():
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
    settings = Settings.load()
    if _span(settings, year, None, None) != Span.year(year):
        raise typer.BadParameter(
            f"The demonstration needs a whole year, and the calendar holds only a part of {year}: {_calendar(settings)}."
        )
    from wrapped_assets.cli import demo as demonstration

    with bars():
        world = demonstration.prepare(settings, year, requests, seed)
    raise typer.Exit(demonstration.run(settings, world))


def _span(settings: Settings, year: int, since: date | None, until: date | None) -> Span:
    """The days asked for, inside the calendar of partitions."""
    whole, first_day, today = Span.year(year), settings.first_day, datetime.now(UTC).date()
    if whole.start > today:
        raise typer.BadParameter(f"No day of {year} can be built: {_calendar(settings)}.")
    if whole.end <= first_day:
        raise typer.BadParameter(
            f"No day of {year} can be built: {_calendar(settings)}. Set WRAPPED_FIRST_DAY to a day of {year}."
        )
    start = since or max(whole.start, first_day)
    last = until or min(whole.end - timedelta(days=1), today)
    for name, day in (("--from", start), ("--to", last)):
        if day not in whole:
            raise typer.BadParameter(f"{name} is {day}, which is not in {year}.")
        if not first_day <= day <= today:
            raise typer.BadParameter(f"{name} is {day}, which cannot be built: {_calendar(settings)}.")
    if last < start:
        raise typer.BadParameter(f"--from is {start}, which is after --to, {last}.")
    return Span(start, last + timedelta(days=1))


def _calendar(settings: Settings) -> str:
    return f"the calendar runs from {settings.first_day} (WRAPPED_FIRST_DAY) to {datetime.now(UTC).date()}, today"


def main() -> None:
    """Run the command line; known errors are printed as sentences and exit with 2."""
    try:
        with progress.told_by(_notice()):
            app()
    except (
        BadSettings,
        ContradictoryFacts,
        LandingStoreError,
        RegionUnavailable,
        Refused,
        WarehouseError,
    ) as error:
        _refuse(str(error))
    except OSError as error:
        _refuse(
            f"{error.filename or 'A file'} could not be used.\n  The system said: {error.strerror or error}.\n"
            "  Next: check that WRAPPED_HOME, DAGSTER_HOME, WRAPPED_WAREHOUSE_URL and what they hold are folders that this user may write."
        )
    except Exception as error:
        engine = {"duckdb": "DuckDB", "clickhouse_connect": "ClickHouse"}.get(
            type(error).__module__.split(".")[0].removeprefix("_")
        )
        if engine is None:
            # As Python would, but 1 means that a check failed.
            sys.excepthook(type(error), error, error.__traceback__)
            raise SystemExit(3) from None
        said = f"The warehouse could not be used.\n  {engine} said: {str(error).splitlines()[0]}\n"
        if engine == "ClickHouse":
            _refuse(f"{said}  Next: check the server and what its user may do, then run this again.")
        _refuse(
            f"{said}"
            f"  Next: restore the file and its .wal from a backup, or move both away and `{wrapped('build --year Y')}` again:"
            " the landing files hold everything."
        )


def _notice() -> progress.Notice:
    """Prints each sentence once: a build opens the warehouse many times, and may wait for the same process each time."""
    told = set[str]()

    def notice(text: str) -> None:
        if text not in told:
            told.add(text)
            say(errors, text, "yellow")

    return notice


def _refuse(text: str) -> NoReturn:
    say(errors, text, "red")
    raise SystemExit(2) from None
