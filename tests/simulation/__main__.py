"""Plays many seeds (`--seeds N`), or one (`--seed S`); a failing one is shrunk, and the command that replays it printed.

`python -m tests.simulation --seed S --engine duckdb|chdb --steps K`
"""

import argparse
import os
import random
import sys
import tempfile
import time
from collections.abc import Sequence

# Before anything reads it: nothing here may touch a home that people use.
os.environ["WRAPPED_HOME"] = tempfile.mkdtemp(prefix="simulation-home-")

from tests.simulation.play import drawn, play
from tests.simulation.seeds import all_of
from tests.simulation.shrink import shortest
from tests.simulation.story import Step, only


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; returns 1 when a promise was broken."""
    given = _given(arguments)
    if given.seed is not None:
        return _one(given)
    first = random.SystemRandom().randrange(10**8) if given.first is None else given.first
    seeds = range(first, first + given.seeds)
    began = time.monotonic()
    print(f"{len(seeds)} seeds from {first} on {given.engine}, {given.steps} steps each")
    failed, deaths, cpu = [], 0, 0.0
    for done, (seed, told) in enumerate(all_of(seeds, given.engine, given.steps, given.processes), start=1):
        deaths, cpu = deaths + told.deaths, cpu + told.cpu_seconds
        if told.violation:
            failed.append(seed)
            print(
                f"seed {seed}: {told.violation.splitlines()[-1][:300]}\n  {_command(given, seed)}", flush=True
            )
        if done % 10 == 0:
            print(f"{done} seeds, {_rate(done, began, cpu)}, {len(failed)} failed", flush=True)
    print(
        f"{len(seeds)} seeds, {_rate(len(seeds), began, cpu)}, {deaths} processes killed, {len(failed)} seeds failed"
    )
    for seed in failed[:3] if given.shrink else ():
        _shrink(given, seed, drawn(seed, given.steps))
    return bool(failed)


def _given(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--seed", type=int, help="play this one and print its story")
    parser.add_argument("--only", default="", help="the numbers of the steps to play, comma separated")
    parser.add_argument("--seeds", type=int, default=20, help="how many")
    parser.add_argument("--first", type=int, help="the first of them; without it a random one")
    parser.add_argument("--engine", choices=("duckdb", "chdb"), default="duckdb")
    parser.add_argument("--steps", type=int, default=100)
    parser.add_argument("--processes", type=int, default=os.cpu_count())
    parser.add_argument("--no-shrink", dest="shrink", action="store_false")
    return parser.parse_args(arguments)


def _one(given: argparse.Namespace) -> int:
    steps = drawn(given.seed, given.steps)
    if given.only:
        steps = only(steps, [int(number) for number in given.only.split(",")])
    began = time.process_time()
    told = play(given.seed, given.engine, steps)
    print("\n".join(told.lines))
    print(told.violation or f"No promise was broken; {time.process_time() - began:.1f} CPU seconds.")
    if told.violation and given.shrink and not given.only:
        _shrink(given, given.seed, steps)
    return bool(told.violation)


def _shrink(given: argparse.Namespace, seed: int, steps: Sequence[Step]) -> None:
    kept = shortest(steps, lambda some: bool(play(seed, given.engine, some).violation))
    told = play(seed, given.engine, kept)
    print(f"The shortest story of seed {seed} that fails:")
    print("\n".join(told.lines))
    print(told.violation)
    print(f"{_command(given, seed)} --only {','.join(str(step.number) for step in kept) or 0}")


def _command(given: argparse.Namespace, seed: int) -> str:
    return f"python -m tests.simulation --seed {seed} --engine {given.engine} --steps {given.steps}"


def _rate(seeds: int, began: float, cpu: float) -> str:
    a_minute = 60 * seeds / (time.monotonic() - began)
    return f"{a_minute:.1f} a minute, {cpu / seeds:.1f} CPU seconds each"


if __name__ == "__main__":
    sys.exit(main())
