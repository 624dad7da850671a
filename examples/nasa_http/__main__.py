"""`python -m examples.nasa_http FILE`: the log through the graph, and every number beside the known one."""

import errno
import json
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn
from urllib.parse import urlsplit

import typer
from rich.console import Console

from examples.nasa_http import showing, source
from examples.nasa_http.comparison import Line
from wrapped_assets import progress
from wrapped_assets.command import wrapped
from wrapped_assets.landing.store import LandingStoreError
from wrapped_assets.resources.errors import Refused, RegionUnavailable, WarehouseError, WarehouseMissing
from wrapped_assets.resources.open import open_warehouse
from wrapped_assets.settings import BadSettings, Settings
from wrapped_assets.text.terminal import bars, errors, say

if TYPE_CHECKING:
    import dagster as dg

app = typer.Typer(add_completion=False, rich_markup_mode="markdown")
# A pipe or a log file has no width of its own; the widest table needs this much.
console = Console(width=None if sys.stdout.isatty() else 132)

# What may be said from outside; any other setting could point this example at somebody's landing or regions.
TUNABLE = ("WRAPPED_MEMORY_LIMIT", "WRAPPED_THREADS", "WRAPPED_WAREHOUSE_URL")


class HomeInUse(Refused):
    """The home folder already holds something."""

    def __init__(self, home: Path) -> None:
        super().__init__(
            f"The example was not run in {home}.\n  That is not an empty folder.\n"
            "  Next: name a folder that is empty or does not exist yet."
        )


class WarehouseInUse(Refused):
    """The warehouse that the settings name already exists."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        place = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
        super().__init__(
            f"The example was not run on {place}.\n  There is a warehouse already.\n"
            "  Next: name a place in WRAPPED_WAREHOUSE_URL where there is none yet, or unset it."
        )


@dataclass(frozen=True)
class Outcome:
    """Everything there is to show."""

    books: Sequence[tuple[str, int, int]]
    evaluations: Sequence["dg.AssetCheckEvaluation"]
    comparison: Sequence[Line]
    runs: int


@app.command()
def run(
    log: Annotated[Path, typer.Argument(help="requests_2017.parquet, which README.md describes.")],
    home: Annotated[
        Path | None, typer.Option(help="Keep everything in this new folder. Default: a temporary one.")
    ] = None,
    numbers: Annotated[
        Path | None, typer.Option("--json", help="Also write what is shown to this file.")
    ] = None,
) -> None:
    """Turn the log into four regional databases, run the graph over them, and compare its numbers with known ones.

    The regions export with threefold overlap, one day late and some files twice. Exits with 1 when a number
    differs or a check fails, with 2 when the log cannot be used.
    """
    started = datetime.now(UTC)
    if numbers and not (numbers.parent.is_dir() and os.access(numbers.parent, os.W_OK)):
        # Told now, not after minutes of work.
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(numbers))
    with _folder(home) as folder:
        outcome = _compute(log, folder, keep=home is not None)
    is_right = _show(outcome)
    if numbers:
        _write_json(outcome, numbers)
    seconds = (datetime.now(UTC) - started).total_seconds()
    verdict = "Every line agrees" if is_right else "Not every line agrees"
    console.print(f"{verdict}: {outcome.runs} runs through Dagster, {seconds:.0f} s.")
    if home:
        place = f"WRAPPED_HOME={home.absolute()} WRAPPED_FIRST_DAY=2017-01-01"
        look = wrapped("summary --year 2017 --organization-id 128.example")
        console.print(f"Look around: {place} {look}", soft_wrap=True, highlight=False)
    raise typer.Exit(0 if is_right else 1)


def _compute(log: Path, folder: Path, keep: bool) -> Outcome:
    """The log as regional databases, the graph over them, and what the warehouse says then."""
    settings = _settings(folder)
    _refuse_warehouse_in_use(settings)
    with bars():
        written = source.write(log, folder / "regions", progress.report)
    from examples.nasa_http import graph  # is made from the settings of just now

    with bars(), graph.history(settings, keep) as instance:
        story = graph.tell(instance, settings, written)
    return Outcome(graph.books(written, story), story.evaluations, graph.compare(settings), story.runs)


def _show(outcome: Outcome) -> bool:
    """Print everything; returns whether every line is equal and no check failed."""
    from wrapped_assets.cli import reports  # brings Dagster along

    return all(
        (
            showing.print_books(console, outcome.books),
            not reports.print_checks(console, outcome.evaluations),
            showing.print_comparison(console, outcome.comparison),
        )
    )


@contextmanager
def _folder(home: Path | None) -> Iterator[Path]:
    """The folder everything is written to; a temporary one is removed at the end."""
    if home is None:
        with tempfile.TemporaryDirectory(prefix="nasa-http-") as folder:
            yield Path(folder)
        return
    if home.exists() and (not home.is_dir() or any(home.iterdir())):
        raise HomeInUse(home)
    yield home.absolute()


def _settings(home: Path) -> Settings:
    """The settings of this run, put into the environment: the calendars and the graph are made from it."""
    for name in list(os.environ):
        if name == "DAGSTER_HOME" or (name.startswith("WRAPPED_") and name not in TUNABLE):
            del os.environ[name]
    os.environ |= {"WRAPPED_HOME": str(home), "WRAPPED_FIRST_DAY": "2017-01-01"}
    return Settings.load()


def _refuse_warehouse_in_use(settings: Settings) -> None:
    with suppress(WarehouseMissing), open_warehouse(settings).reading(patience=0):
        raise WarehouseInUse(settings.warehouse_url)


def _write_json(outcome: Outcome, file: Path) -> None:
    content = {
        "books": outcome.books,
        "failed_checks": [check.check_name for check in outcome.evaluations if not check.passed],
        "comparison": [asdict(line) for line in outcome.comparison],
    }
    file.write_text(json.dumps(content, indent=1), encoding="utf-8")


def main() -> None:
    """Run the example; known errors are printed as sentences and exit with 2."""
    try:
        app()
    except (BadSettings, LandingStoreError, RegionUnavailable, Refused, WarehouseError) as error:
        _refuse(str(error))
    except OSError as error:
        _refuse(
            f"{error.filename or 'A file'} could not be used.\n  The system said: {error.strerror or error}.\n"
            "  Next: check --home and --json: this user must be able to write there."
        )


def _refuse(text: str) -> NoReturn:
    say(errors, text, style="red")
    raise SystemExit(2) from None


if __name__ == "__main__":
    main()
