"""One worker's life: open a snapshot, take in what landed, answer. Prints what each cost.

It goes on from what a worker before it kept in the file KEPT, and keeps what it took in there.

python -m benchmarks.serving.worker SNAPSHOT LANDING QUESTIONS KEPT
"""

import json
import random
import resource
import sys
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

STARTED = time.perf_counter()

from benchmarks.measure import own_cost  # noqa: E402
from benchmarks.serving.world import SECRET, YEAR, customers  # noqa: E402 - what imports cost is a part of the start
from wrapped_assets.landing.store import LandingStore  # noqa: E402
from wrapped_assets.serving.live.live import Live  # noqa: E402
from wrapped_assets.snapshot.warm_start import Keeper  # noqa: E402


def main(snapshot: Path, landing: Path, questions: int, kept: Path) -> None:
    """Print milliseconds of answers by kind of question, and of everything before them."""
    keeper = Keeper(kept, SECRET, {})
    with Live.open(snapshot, LandingStore.open(landing.as_uri()), SECRET, keeper=keeper) as live:
        ready = time.perf_counter() - STARTED
        memory_ready = _now_mb()
        before = time.perf_counter()
        report = live.follow()
        followed, caught_up = time.perf_counter() - before, time.perf_counter() - STARTED
        keeper.changed()
        before = time.process_time()
        live.keep()
        keeping = time.process_time() - before
        before = time.perf_counter()
        live.follow()
        nothing_new = time.perf_counter() - before
        dice, everyone = random.Random(1), customers()
        year = date(YEAR, 1, 1), date(YEAR + 1, 1, 1)
        answers = {
            "whole year": _ask(live, dice, everyone, questions, lambda: year),
            "random range": _ask(live, dice, everyone, questions, lambda: _range(dice)),
        }
        found = {
            "ready_s": ready,
            "follow_s": followed,
            "caught_up_s": caught_up,
            "keep_cpu_s": keeping,
            "kept_mb": kept.stat().st_size / 1e6,
            "follow_nothing_s": nothing_new,
            "taken": report.taken,
            "hours": report.hours,
            "memory_ready_mb": memory_ready,
            "now_mb": _now_mb(),
            "peak_mb": _peak_mb(),
            "answers_ms": answers,
        }
        print(json.dumps({**own_cost(), **found}))


def _ask(
    live: Live,
    dice: random.Random,
    everyone: list[str],
    questions: int,
    days: Callable[[], tuple[date, date]],
) -> dict[str, float]:
    walls, cpus = [], []
    for _ in range(questions):
        customer, (start, end) = dice.choice(everyone), days()
        wall, cpu = time.perf_counter(), time.process_time()
        live.summary([customer], start, end)
        walls.append(1000 * (time.perf_counter() - wall))
        cpus.append(1000 * (time.process_time() - cpu))
    walls.sort()
    cpus.sort()
    return {
        "p50": walls[len(walls) // 2],
        "p99": walls[int(len(walls) * 0.99)],
        "cpu_p50": cpus[len(cpus) // 2],
        "cpu_p99": cpus[int(len(cpus) * 0.99)],
    }


def _range(dice: random.Random) -> tuple[date, date]:
    start, end = sorted(dice.sample(range(366), 2))
    return date(YEAR, 1, 1) + timedelta(start), date(YEAR, 1, 1) + timedelta(end)


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000


def _now_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4]))
