"""Imports spoilt files, some at a time: `python -m tests.fuzz --files 5000 --first 7 --engine chdb`.

Each batch is a process of its own, so that one that dies or hangs is told like any other that does wrong.
"""

import argparse
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from datetime import timedelta

from rich.console import Console

from tests.fuzz.batch import BATCH_FILES, ENGINES

LONGEST_SECONDS = 120
"""A batch takes two, on chDB five; one that takes so long hangs."""


def fails(seed: int, engine: str) -> str:
    """What is wrong with the batch of this seed; empty when nothing is."""
    command = [sys.executable, "-m", "tests.fuzz.batch", str(seed), engine]
    try:
        done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=LONGEST_SECONDS)
    except subprocess.TimeoutExpired:
        return f"it did not end within {LONGEST_SECONDS} s"
    if done.returncode < 0:
        return f"the process died: {signal.Signals(-done.returncode).name}"
    return done.stdout.strip() or done.stderr.strip()[-2000:]


def main(arguments: Sequence[str]) -> int:
    """Tells how many files were imported, and each batch that went wrong with the command that plays it again; returns 1 for any."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument(
        "--files", type=int, default=1000, metavar="N", help="how many, in whole batches (default: 1000)"
    )
    parser.add_argument(
        "--first", type=int, default=int(time.time()), metavar="S", help="the first batch's seed"
    )
    parser.add_argument(
        "--engine", choices=sorted(ENGINES), default="duckdb", help="of the warehouse (default: duckdb)"
    )
    asked = parser.parse_args(arguments)
    if asked.files < 1:
        parser.error(f"--files: {asked.files} is not 1 or more")
    console, started, bad = Console(width=150), time.monotonic(), 0
    batches = range(asked.first, asked.first + -(-asked.files // BATCH_FILES))
    for seed in batches:
        if wrong := fails(seed, asked.engine):
            bad += 1
            console.print(
                f"{wrong}\n  .venv/bin/python -m tests.fuzz --files {BATCH_FILES} --first {seed} --engine {asked.engine}"
            )
    took = timedelta(seconds=round(time.monotonic() - started))
    console.print(
        f"{len(batches) * BATCH_FILES:,} files in {len(batches)} batches on {asked.engine} from seed {asked.first}, {took}: {bad} batches went wrong."
    )
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
