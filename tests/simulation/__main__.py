"""Plays many seeds (`--seeds N`), or one step by step (`--seed S`); what fails is shrunk, and the command that replays it printed."""

import argparse
import atexit
import os
import random
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

# Before anything reads it: nothing here may touch a home that people use. The processes that play inherit it.
if not os.environ.get("WRAPPED_HOME", "").endswith("-of-the-simulation"):
    os.environ["WRAPPED_HOME"] = tempfile.mkdtemp(suffix="-of-the-simulation")
    atexit.register(shutil.rmtree, os.environ["WRAPPED_HOME"], ignore_errors=True)

from tests.simulation.play import Told, play
from tests.simulation.seeds import all_of
from tests.simulation.shrink import shortest
from tests.simulation.story import Step, drawn, only

STEPS = 100
BETWEEN_LINES_SECONDS = 20.0
SHRUNK = 3
INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; returns 1 when a promise was broken."""
    given = _given(arguments)
    return _one(given) if given.seed is not None else _many(given)


@dataclass
class Tally:
    """What came of the seeds so far."""

    seeds: int
    done: int = 0
    deaths: int = 0
    cpu: float = 0.0
    failed: list[int] = field(default_factory=list)
    began: float = field(default_factory=time.monotonic)

    def line(self) -> str:
        """In one line."""
        if not self.done:
            return "no seed was played to its end"
        a_minute = 60 * self.done / (time.monotonic() - self.began)
        return (
            f"{self.done} of {self.seeds} seeds, {a_minute:.1f} a minute, {self.cpu / self.done:.1f} CPU seconds each,"
            f" {self.deaths} processes killed, {len(self.failed)} failed"
        )


def _many(given: argparse.Namespace) -> int:
    first = random.SystemRandom().randrange(10**8) if given.first is None else given.first
    print(
        f"{given.seeds} seeds from {first} (--first) on {given.engine}, {given.steps} steps each", flush=True
    )
    tally, told_at = Tally(given.seeds), time.monotonic()
    try:
        for seed, told in all_of(
            range(first, first + given.seeds), given.engine, given.steps, given.processes
        ):
            tally.done += 1
            tally.deaths += told.deaths
            tally.cpu += told.cpu_seconds
            if told.violation:
                tally.failed.append(seed)
                print(f"seed {seed}: {headline(told)}\n  {_command(given, seed)}", flush=True)
            if time.monotonic() > told_at + BETWEEN_LINES_SECONDS:
                told_at = time.monotonic()
                print(tally.line(), flush=True)
        print(tally.line(), flush=True)
        for seed in tally.failed[:SHRUNK] if given.shrink else ():
            _shrink(given, seed, drawn(seed, given.steps))
    except KeyboardInterrupt:
        print(f"Stopped: {tally.line()}")
        return INTERRUPTED
    return bool(tally.failed)


def _one(given: argparse.Namespace) -> int:
    steps = drawn(given.seed, given.steps)
    steps = only(steps, given.only) if given.only else steps
    try:
        told = play(given.seed, given.engine, steps, tell=_say)
        print(told.violation or f"No promise was broken; {told.cpu_seconds:.1f} CPU seconds.")
        if told.violation and given.shrink and not given.only:
            _shrink(given, given.seed, steps)
    except KeyboardInterrupt:
        return INTERRUPTED
    return bool(told.violation)


def _say(line: str) -> None:
    print(line, flush=True)


def _shrink(given: argparse.Namespace, seed: int, steps: Sequence[Step]) -> None:
    """The steps that are needed for the story to fail as it did; another failure of less steps is another defect."""
    seen = _kind(play(seed, given.engine, steps))
    print(f"Shrinking seed {seed}, which plays it again many times (--no-shrink leaves it out)", flush=True)

    def fails(some: Sequence[Step]) -> bool:
        is_so = _kind(play(seed, given.engine, some)) == seen
        if is_so:
            print(f"  {len(some)} steps fail too", flush=True)
        return is_so

    kept = shortest(steps, fails)
    told = play(seed, given.engine, kept)
    print(f"The shortest story of seed {seed} that fails so:")
    print("\n".join(told.lines))
    print(told.violation)
    print(f"{_command(given, seed)} --only {','.join(str(step.number) for step in kept) or 0}", flush=True)


def headline(told: Told) -> str:
    """What was broken, without the way there."""
    lines = [line for line in told.violation.splitlines() if re.match(r"[\w.]+(: |$)", line)]
    return lines[-1].rpartition(".judge.")[2] if lines else told.violation


def _kind(told: Told) -> str:
    return re.sub(r"\d+", "", headline(told))[:60]


def _command(given: argparse.Namespace, seed: int) -> str:
    return f".venv/bin/python -m tests.simulation --seed {seed} --engine {given.engine} --steps {given.steps}"


def _given(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--seed", type=int, metavar="S", help="play this one and tell each step")
    parser.add_argument(
        "--only",
        type=_numbers,
        default=[],
        metavar="N,N",
        help="the steps to play of --seed, by their numbers (with the same --steps as it was found with); 0 for none",
    )
    parser.add_argument("--seeds", type=_positive, default=20, metavar="N", help="how many (default: 20)")
    parser.add_argument("--first", type=int, metavar="S", help="the first of them; without it a random one")
    parser.add_argument(
        "--engine", choices=("duckdb", "chdb"), default="duckdb", help="of the warehouse (default: duckdb)"
    )
    parser.add_argument(
        "--steps", type=_positive, default=STEPS, metavar="N", help=f"of each story (default: {STEPS})"
    )
    parser.add_argument(
        "--processes",
        type=_positive,
        default=os.cpu_count(),
        metavar="N",
        help="that play (default: as many as cores)",
    )
    parser.add_argument(
        "--no-shrink", dest="shrink", action="store_false", help="do not look for the shortest story"
    )
    given = parser.parse_args(arguments)
    if given.only and given.seed is None:
        parser.error("--only names steps of one story: it needs --seed")
    if beyond := [number for number in given.only if number > given.steps]:
        parser.error(f"--only: step {beyond[0]} is not there, the story has {given.steps}")
    return given


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{number} is not 1 or more")
    return number


def _numbers(text: str) -> list[int]:
    try:
        return [int(number) for number in text.split(",")]
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a list of numbers like 3,17") from None


if __name__ == "__main__":
    sys.exit(main())
