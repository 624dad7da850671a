"""Takes the ratios: `make bench`. Interleaved, so that a machine whose speed drifts still gives fair ratios."""

import argparse
import json
import os
import shutil
import statistics
import tempfile
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.landing import write_landing
from benchmarks.measure import Cost, machine, measure

SECRET = "benchmark-secret-of-32-characters"
UNIQUE_ROWS = int(os.environ.get("WRAPPED_BENCH_ROWS", "20_000_000"))
ROUNDS = int(os.environ.get("WRAPPED_BENCH_ROUNDS", "2"))
FIRST_DAY = date(2025, 1, 1)
DAYS = 97
CYCLES = 12

console = Console()


def main(folder: Path, engine: str) -> None:
    """Make the data, take every figure, print the table."""
    console.print(f"{machine()}, {datetime.now(UTC):%Y-%m-%d}; {UNIQUE_ROWS:,} unique rows, {ROUNDS} rounds")
    table = Table("question", "figure", "must reach")
    landing = _landing(folder / "days", UNIQUE_ROWS, DAYS, 6)
    if engine == "clickhouse":
        _batch(folder, landing, table, "benchmarks.clickhouse_floor", "1.5", chdb=True)
    else:
        _batch(folder, landing, table, "benchmarks.floor", "2.5")
        _dagster_alone(folder, table)
        _cycle(folder, table)
    console.print(table)


def _landing(folder: Path, rows: int, days: int, files: int) -> Path:
    if not folder.exists():
        console.print(f"writing {rows * 3:,} landing rows over {days} days")
        unfinished = folder.with_suffix(".unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        write_landing(unfinished, rows, days, files_per_region_day=files, first_day=FIRST_DAY)
        unfinished.rename(folder)
    return folder


def _batch(
    folder: Path, landing: Path, table: Table, floor: str, must_reach: str, chdb: bool = False
) -> None:
    """The graph against the floor, and the graph's memory on half of the days."""
    floors: list[Cost] = []
    graphs: list[Cost] = []
    # Not counted: whoever reads the files first also brings them into memory, and that would be the floor's price.
    measure(floor, str(landing), SECRET.encode().hex(), environment={})
    for number in range(ROUNDS):
        console.print(f"batch build, round {number + 1}")
        floors.append(measure(floor, str(landing), SECRET.encode().hex(), environment={}))
        graphs.append(_build(folder / f"batch-{number}", landing, DAYS, chdb))
        if floors[-1].said["digest"] != graphs[-1].said["digest"]:
            raise SystemExit("The graph's summaries are not the floor's: the figures mean nothing.")
        shutil.rmtree(folder / f"batch-{number}")
    half = _build(folder / "batch-half", landing, DAYS // 2, chdb)
    shutil.rmtree(folder / "batch-half")
    ratio = statistics.median(g.wall / f.wall for g, f in zip(graphs, floors, strict=True))
    table.add_row("batch: graph / floor, wall", f"{ratio:.2f}", must_reach)
    table.add_row("floor, wall and CPU s", _seconds(floors), "")
    table.add_row("graph, wall and CPU s", _seconds(graphs), "")
    table.add_row("graph, peak GB", f"{max(g.peak_gb for g in graphs):.2f}", "4")
    table.add_row(f"graph, peak GB on {DAYS // 2} days", f"{half.peak_gb:.2f}", "as with all days")


def _build(home: Path, landing: Path, days: int, chdb: bool) -> Cost:
    last = FIRST_DAY + timedelta(days=days - 1)
    warehouse = {"WRAPPED_WAREHOUSE_URL": f"chdb://{home}/warehouse.chdb"} if chdb else {}
    return measure(
        "benchmarks.graph", str(FIRST_DAY), str(last), environment=_environment(home, landing) | warehouse
    )


def _dagster_alone(folder: Path, table: Table) -> None:
    """A year's backfill of all layers with next to no rows: what is left is Dagster."""
    landing = _landing(folder / "nothing", 20_000, 365, 3)
    cost = measure(
        "benchmarks.graph", "2025-01-01", "2025-12-31", environment=_environment(folder / "empty", landing)
    )
    shutil.rmtree(folder / "empty")
    table.add_row("a year of all layers with next to no rows, wall s", f"{cost.wall:.0f}", "low")


def _cycle(folder: Path, table: Table) -> None:
    """One export cycle into a warehouse that holds a year, against one that holds a week."""
    landing = _landing(folder / "year", UNIQUE_ROWS, 365, 3)
    spans = {"week": ("2025-12-25", "2025-12-31"), "year": ("2025-01-01", "2025-12-31")}
    for name, (first, last) in spans.items():
        if not (folder / f"cycle-{name}").exists():
            console.print(f"building a warehouse that holds a {name}")
            measure(
                "benchmarks.graph", first, last, environment=_environment(folder / f"cycle-{name}", landing)
            )
    seconds: dict[str, list[float]] = {"week": [], "year": []}
    for number in range(ROUNDS):
        for name in spans:
            home, copied = folder / f"run-{name}", folder / f"landing-{name}"
            shutil.rmtree(home, ignore_errors=True)
            shutil.copytree(folder / f"cycle-{name}", home)
            shutil.rmtree(copied, ignore_errors=True)
            shutil.copytree(landing, copied, copy_function=os.link)
            # The cycles would share the disk with what is still to be written of the copy, and a year's is larger.
            os.sync()
            console.print(f"{CYCLES} export cycles into a {name}, round {number + 1}")
            cost = measure(
                "benchmarks.cycle", "2025-12-31", str(CYCLES), environment=_environment(home, copied)
            )
            # The first cycle of a process also loads the engine.
            seconds[name] += cost.said["seconds"][1:]
    medians = {name: statistics.median(found) for name, found in seconds.items()}
    means = {name: statistics.mean(found) for name, found in seconds.items()}
    table.add_row("export cycle into a year, s", f"{medians['year']:.2f}", "2")
    table.add_row("export cycle: year / week", f"{medians['year'] / medians['week']:.2f}", "1.3")
    table.add_row("the same, means: with the checkpoints", f"{means['year'] / means['week']:.2f}", "")
    table.add_row("export cycle into a year, longest s", f"{max(seconds['year']):.2f}", "2")


def _environment(home: Path, landing: Path) -> dict[str, str]:
    return {
        "WRAPPED_HOME": str(home),
        "DAGSTER_HOME": str(home / "dagster"),
        "WRAPPED_LANDING_URL": landing.as_uri(),
        "WRAPPED_SECRET": SECRET,
        "WRAPPED_FIRST_DAY": "2025-01-01",
    }


def _seconds(costs: Sequence[Cost]) -> str:
    return json.dumps([[round(cost.wall, 1), round(cost.cpu, 1)] for cost in costs])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description="Take the ratios: about 15 minutes and 12 GB. WRAPPED_BENCH_ROWS, WRAPPED_BENCH_ROUNDS and"
        " WRAPPED_BENCH_DATA (a folder that keeps the data) change what is taken; see benchmarks/README.md.",
    )
    parser.add_argument("engine", nargs="?", choices=("duckdb", "clickhouse"), default="duckdb")
    asked = parser.parse_args()
    given = os.environ.get("WRAPPED_BENCH_DATA")
    if given:
        Path(given).mkdir(parents=True, exist_ok=True)
        main(Path(given), asked.engine)
    else:
        with tempfile.TemporaryDirectory(prefix="wrapped-bench-") as temporary:
            main(Path(temporary), asked.engine)
