"""`python -m examples.nasa_http FILE`: the log through the graph, and every number beside the known one."""

import json
import os
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from examples.nasa_http import showing, source
from examples.nasa_http.comparison import Line
from wrapped_assets import progress
from wrapped_assets.resources.errors import Refused, RegionUnavailable, WarehouseError
from wrapped_assets.resources.landing_store import LandingStoreError
from wrapped_assets.settings import BadSettings, Settings

app = typer.Typer(add_completion=False, rich_markup_mode="markdown")
console = Console()
errors = Console(stderr=True)

# What may be tuned from outside; any other setting could point this example at somebody's warehouse.
TUNABLE = ("WRAPPED_MEMORY_LIMIT", "WRAPPED_THREADS")


class HomeInUse(Refused):
    """The home folder already holds something."""

    def __init__(self, home: Path) -> None:
        super().__init__(
            f"The example was not run in {home}.\n  That is not an empty folder.\n"
            "  Next: name a folder that is empty or does not exist yet."
        )


@app.command()
def run(
    log: Annotated[Path, typer.Argument(help="requests_2017.parquet, which README.md describes.")],
    home: Annotated[
        Path | None, typer.Option(help="Keep everything in this new folder. Default: a temporary one.")
    ] = None,
    lines_file: Annotated[
        Path | None, typer.Option("--json", help="Also write the comparison to this file.")
    ] = None,
) -> None:
    """Turn the log into four regional databases, run the graph over them, and compare its numbers with known ones.

    The regions export with threefold overlap, one day late and some files twice. Exits with 1 when a number
    differs or a check fails, with 2 when the log cannot be used.
    """
    started = datetime.now(UTC)
    with ExitStack() as stack:
        folder = (
            _new(home)
            if home
            else Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="nasa-http-")))
        )
        with showing.bars(errors):
            written = source.write(log, folder / "regions", progress.report)
        settings = _settings(folder)
        from examples.nasa_http import graph  # is made from the settings of just now
        from wrapped_assets import reports

        with showing.bars(errors), graph.history(settings, keep=home is not None) as instance:
            story = graph.tell(instance, settings, written)
            lines = graph.compare(settings)
        if lines_file:
            _write_json(lines, lines_file)
        is_right = showing.print_books(console, graph.books(written, story))
        is_right &= not reports.print_checks(console, story.evaluations)
        is_right &= showing.print_comparison(console, lines)
    seconds = (datetime.now(UTC) - started).total_seconds()
    verdict = "Every line agrees" if is_right else "Not every line agrees"
    console.print(f"{verdict}: {story.runs} runs through Dagster, {seconds:.0f} s.")
    if home:
        look = f"WRAPPED_HOME={folder} WRAPPED_FIRST_DAY=2017-01-01 wrapped summary --year 2017"
        console.print(f"Look around: {look} --organization-id 128.example", soft_wrap=True, highlight=False)
    raise typer.Exit(0 if is_right else 1)


def _new(home: Path) -> Path:
    folder = home.expanduser().absolute()
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise HomeInUse(folder)
    return folder


def _settings(home: Path) -> Settings:
    """The settings of this run, put into the environment: the calendars and the graph are made from it."""
    for name in list(os.environ):
        if name == "DAGSTER_HOME" or (name.startswith("WRAPPED_") and name not in TUNABLE):
            del os.environ[name]
    os.environ |= {"WRAPPED_HOME": str(home), "WRAPPED_FIRST_DAY": "2017-01-01"}
    return Settings.load()


def _write_json(lines: Sequence[Line], file: Path) -> None:
    content = [
        {"what": line.what, "known": line.known, "computed": line.computed, "equal": line.is_equal}
        for line in lines
    ]
    file.write_text(json.dumps(content, indent=1), encoding="utf-8")


def main() -> None:
    """Run the example; known errors are printed as sentences and exit with 2."""
    try:
        app()
    except (BadSettings, LandingStoreError, RegionUnavailable, Refused, WarehouseError) as error:
        errors.print(str(error), style="red", highlight=False, markup=False, soft_wrap=True)
        raise SystemExit(2) from None


if __name__ == "__main__":
    main()
