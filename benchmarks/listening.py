"""Listening against its floor: `python -m benchmarks.listening [--listeners N] [--median-plays N] [--rounds N]`."""

import argparse
import shutil
import statistics
import tempfile
from datetime import date
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.measure import Cost, machine, measure
from wrapped_assets.products.listening.synthetic import World, write

SECRET = "benchmark-secret-of-32-characters"
YEAR = 2025

console = Console()


def main(folder: Path, listeners: int, median_plays: int, rounds: int) -> None:
    """Make the data, take every figure in turns, print the table."""
    landing = folder / "landing"
    if not landing.exists():
        world = World(YEAR, 1, listeners, median_plays, tracks=200_000, artists=20_000)
        truth = write(world, landing, date(YEAR, 1, 1), lambda *_: None)
        (folder / "rows").write_text(f"{truth.landed} {truth.plays}")
    landed, plays = map(int, (folder / "rows").read_text().split())
    console.print(f"{machine()}; {landed:,} rows landed, {plays:,} plays of {listeners:,} listeners")
    floors: list[Cost] = []
    graphs: list[Cost] = []
    # Not counted: whoever reads the files first also brings them into memory.
    measure("benchmarks.listening_floor", str(landing), str(YEAR), str(folder), environment={})
    for number in range(rounds):
        console.print(f"round {number + 1}")
        floors.append(
            measure("benchmarks.listening_floor", str(landing), str(YEAR), str(folder), environment={})
        )
        home = folder / f"graph-{number}"
        environment = {
            "WRAPPED_HOME": str(home),
            "DAGSTER_HOME": str(home / "dagster"),
            "WRAPPED_LANDING_URL": landing.as_uri(),
            "WRAPPED_SECRET": SECRET,
            "WRAPPED_FIRST_DAY": f"{YEAR}-01-01",
        }
        graphs.append(measure("benchmarks.listening_graph", str(YEAR), environment=environment))
        if floors[-1].said["digest"] != graphs[-1].said["digest"]:
            raise SystemExit(
                f"The figures mean nothing: {floors[-1].said['digest']} is not {graphs[-1].said['digest']}."
            )
        shutil.rmtree(home)
    table = Table("question", "figure", "must reach")
    for name, of in (("CPU", "cpu"), ("wall", "wall")):
        ratio = statistics.median(
            getattr(g, of) / getattr(f, of) for g, f in zip(graphs, floors, strict=True)
        )
        table.add_row(f"plays to documents: graph / floor, {name}", f"{ratio:.2f}", "1.6")
    for name, costs in (("floor", floors), ("graph", graphs)):
        table.add_row(
            f"{name}, CPU s and peak GB", f"{[(round(c.cpu, 1), round(c.peak_gb, 2)) for c in costs]}", ""
        )
    table.add_row(
        "graph, CPU s per million plays", f"{statistics.median(c.cpu for c in graphs) / plays * 1e6:.2f}", ""
    )
    console.print(table)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks.listening", description=__doc__)
    parser.add_argument("--listeners", type=int, default=5_500)
    parser.add_argument("--median-plays", type=int, default=1_500)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--folder", type=Path, help="Keeps the data; default a temporary one.")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="wrapped-listening-") as temporary:
        place = asked.folder or Path(temporary)
        place.mkdir(parents=True, exist_ok=True)
        main(place, asked.listeners, asked.median_plays, asked.rounds)
