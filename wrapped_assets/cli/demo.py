"""The demonstration: a synthetic year through the whole graph, compared with what its source knows to be true, and published."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit

from rich.table import Table

from wrapped_assets import progress
from wrapped_assets.bucketed.editions_of import open_edition
from wrapped_assets.cli import demo_page, reports
from wrapped_assets.command import wrapped
from wrapped_assets.periods import Span
from wrapped_assets.product import Facts
from wrapped_assets.products.listening import LISTENING
from wrapped_assets.products.listening import synthetic as listeners
from wrapped_assets.products.usage import synthetic
from wrapped_assets.resources.errors import Refused
from wrapped_assets.resources.identity import wrapped_id
from wrapped_assets.resources.open import open_warehouse
from wrapped_assets.resources.warehouse import Reader
from wrapped_assets.settings import Settings
from wrapped_assets.text.terminal import bars, console, say

# What a customer's facts are called, and what the source calls the same.
_TOTALS = {
    "requests": "requests",
    "errors": "errors",
    "bytes_read": "read_bytes",
    "ingestion_operations": "operations",
    "ingestion_bytes": "written_bytes",
    "storage_bytes": "storage_bytes",
}


# Where the home folder keeps what is true of the listeners.
_LISTENERS = "demo-listeners.json"


class AnotherWorld(Refused):
    """The home folder already holds something else."""

    def __init__(self, home: Path, seen: str) -> None:
        super().__init__(
            f"The demonstration was not written to {home}.\n  {seen}\n"
            "  Next: remove that folder (`make clean`), or set WRAPPED_HOME to another one."
        )


def prepare(settings: Settings, year: int, requests: int, seed: int) -> synthetic.World:
    """Write the synthetic source once: regional databases, and what a year of exports left in landing."""
    world = synthetic.World(seed=seed, year=year, requests=requests)
    marker = settings.home / "demo.json"
    wanted = {"seed": seed, "year": year, "requests": requests}
    if marker.exists():
        found = json.loads(marker.read_text())
        if found != wanted:
            raise AnotherWorld(
                settings.home, f"It holds the world of {_words(found)}; asked for was {_words(wanted)}."
            )
        return world
    if urlsplit(settings.landing_url).scheme != "file":
        raise AnotherWorld(
            settings.home, "Its landing store is a bucket; the demonstration writes to a folder."
        )
    synthetic.write_regions(world, settings.home / "regions", progress.report)
    landing = Path(unquote(urlsplit(settings.landing_url).path))
    synthetic.write_history(world, landing, progress.report)
    truth = listeners.write(listeners.World(year, seed), landing, settings.first_day, progress.report)
    (settings.home / _LISTENERS).write_text(json.dumps(asdict(truth)))
    marker.write_text(json.dumps(wanted))
    return world


def _words(world: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {number}" for name, number in world.items())


def run(settings: Settings, world: synthetic.World) -> int:
    """Export, build, check, and show; returns the exit code."""
    from wrapped_assets.cli import running  # reads the regions that were just written
    from wrapped_assets.cli.instance import dagster_instance

    settings = Settings.load()
    started = datetime.now(UTC)
    with bars(), dagster_instance(settings) as instance:
        exported = settings.home / "demo.exported"
        # The world's December, once more on top of the history.
        last_month = Span(date(world.year, 12, 1), date(world.year + 1, 1, 1))
        runs = 0 if exported.exists() else running.export(instance, settings, last_month)
        exported.touch()
        # The year of listeners west of UTC ends on the next day.
        runs += running.build(instance, settings, Span(date(world.year, 1, 1), date(world.year + 1, 1, 2)))
    seconds = (datetime.now(UTC) - started).total_seconds()
    if not runs:
        console.print(f"Nothing to do: {world.year} is built and up to date ({seconds:.1f} s).")
    else:
        console.print(f"Built {world.year} through Dagster: {runs} runs in {seconds:.1f} s.")
    with bars(), dagster_instance(settings) as instance:
        evaluations = running.check(instance, world.year) if runs else []
    with open_warehouse(settings).reading() as reader:
        failed = _show(reader, settings, world) if runs else False
    failed |= _show_listeners(settings, world.year) if runs else False
    failed |= reports.print_checks(console, evaluations) if runs else False
    if not failed:
        demo_page.publish(settings, world.year, bool(runs))
        demo_page.print_addresses(settings, world.year)
    console.print("\nLook around: `make dev` opens the Dagster UI on what was built.", highlight=False)
    return 1 if failed else 0


def _show(reader: Reader, settings: Settings, world: synthetic.World) -> bool:
    span = Span.year(world.year)
    reports.print_top_customers(console, reader, world.year)
    reports.print_books(console, reader, span)
    reports.print_quarantine(console, reader.quarantine(span), most=10)
    return _print_truth(reader, settings, world)


def _show_listeners(settings: Settings, year: int) -> bool:
    """The year of the listener of the most minutes, and the totals of all beside the source's own; returns whether any differs."""
    truth = json.loads((settings.home / _LISTENERS).read_text())
    with open_edition(settings, LISTENING, year, read_only=True) as edition:
        totals = edition.totals()
        most = max(totals, key=lambda user: totals[user][2])
        document = LISTENING.model.model_validate_json(edition.document(most) or "")
    reports.print_numbers(console, f"{year} of {most}, who listened most", LISTENING.main_numbers(document))
    first = wrapped(f"summary --product listening --year {year} --user-id {most}")
    say(console, f"The same, whole and exact:\n  {first} --format json")
    agreeing = sum(totals.get(user) == tuple(true) for user, true in truth["listeners"].items())
    return _compare(
        [
            *(
                (f"{name} of listeners", truth[name], sum(found[place] for found in totals.values()))
                for place, name in enumerate(("plays", "streams", "ms"))
            ),
            ("listeners whose every total agrees", len(truth["listeners"]), agreeing),
        ]
    )


def _print_truth(reader: Reader, settings: Settings, world: synthetic.World) -> bool:
    """The pipeline's numbers beside the source's own; returns whether any differs."""
    truth = synthetic.truth(world, progress.report)
    span = Span.year(world.year)
    lines = [
        (f"{name}, unique rows", truth.unique[name], reader.landing_totals(name, span).unique_rows)
        for name in truth.unique
    ]
    agreeing = _agreeing(truth.customers, reader.facts(world.year), settings.secret())
    lines.append(("customers whose every total agrees", len(truth.customers), agreeing))
    return _compare(lines)


def _compare(lines: list[tuple[str, int, int]]) -> bool:
    """What the source says beside what was computed; returns whether any differs."""
    table = Table(title="Against the source's own truth")
    for column in ("what", "source", "computed", ""):
        table.add_column(column, justify="right" if column in ("source", "computed") else "left")
    for what, source, computed in lines:
        mark = "[green]equal" if source == computed else "[red]DIFFERS"
        table.add_row(what, f"{source:,}", f"{computed:,}", mark)
    console.print(table)
    return any(source != computed for _, source, computed in lines)


def _agreeing(customers: Mapping[str, synthetic.CustomerTruth], facts: Iterable[Facts], secret: bytes) -> int:
    """How many customers' totals are all as the source has them."""
    computed = {row["wrapped_id"]: [row[name] for name in _TOTALS] for row in facts}
    return sum(
        computed.get(wrapped_id(secret, customer)) == [getattr(truth, name) for name in _TOTALS.values()]
        for customer, truth in customers.items()
    )
