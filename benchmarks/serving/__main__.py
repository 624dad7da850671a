"""Takes the figures of a worker: `python -m benchmarks.serving`. Makes a dense year first, half a minute and 0.6 GB."""

import argparse
import os
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.measure import machine, measure
from benchmarks.serving import world

console = Console()


def main(folder: Path, rounds: int, questions: int) -> None:
    """Make the world, take every figure in so many fresh processes, print the table."""
    console.print(
        f"{machine()}, {datetime.now(UTC):%Y-%m-%d}; {world.ORGANIZATIONS:,} organizations, {world.FRESH_ROWS:,} fresh rows,"
        f" {rounds} workers, {questions:,} answers of each kind"
    )
    snapshot, landing = world.make(folder)
    table = Table("question", "figure of each worker", "must reach")
    arguments = (str(snapshot), str(landing), str(questions))
    workers = []
    for _ in range(rounds):
        kept = folder / "2025.kept"
        kept.unlink(missing_ok=True)
        said = measure("benchmarks.serving.worker", *arguments, str(kept), environment={}).said
        again = measure("benchmarks.serving.worker", *arguments[:2], "1", str(kept), environment={}).said
        workers.append({**said, "again": again})

    def row(question: str, must_reach: str, *path: str) -> None:
        figures = []
        for said in workers:
            for name in path:
                said = said[name]
            figures.append(f"{said:.2f}")
        table.add_row(question, ", ".join(figures), must_reach)

    for kind in ("whole year", "random range"):
        row(f"answer, {kind}: p50 ms", "3", "answers_ms", kind, "p50")
        row(f"answer, {kind}: p99 ms", "6", "answers_ms", kind, "p99")
        row(f"answer, {kind}: CPU ms, p50", "", "answers_ms", kind, "cpu_p50")
    row("process start to ready, s", "2", "ready_s")
    row("taking in all fresh rows, s", "30", "follow_s")
    row("process start to caught up, s", "", "caught_up_s")
    row("process start to caught up again, s", "2", "again", "caught_up_s")
    row("keeping what was taken in, CPU s", "", "keep_cpu_s")
    row("what is kept, MB", "", "kept_mb")
    row("a look that finds nothing, s", "", "follow_nothing_s")
    row("resident MB, ready", "", "memory_ready_mb")
    row("resident MB, after all answers", "300", "now_mb")
    row("resident MB, peak", "300", "peak_mb")
    console.print(table)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks.serving", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--questions", type=int, default=5000)
    asked = parser.parse_args()
    if given := os.environ.get("WRAPPED_BENCH_DATA"):
        Path(given).mkdir(parents=True, exist_ok=True)
        main(Path(given) / "serving", asked.rounds, asked.questions)
    else:
        with tempfile.TemporaryDirectory(prefix="wrapped-bench-") as temporary:
            main(Path(temporary), asked.rounds, asked.questions)
