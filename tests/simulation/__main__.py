"""`python -m tests.simulation --seed S --engine duckdb|chdb --steps K` plays one story."""

import argparse
import time

from tests.simulation.play import drawn, play
from tests.simulation.story import only

if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--engine", default="duckdb")
    parser.add_argument("--steps", type=int, default=100)
    parser.add_argument("--only", default="")
    given = parser.parse_args()
    steps = drawn(given.seed, given.steps)
    if given.only:
        steps = only(steps, [int(each) for each in given.only.split(",")])
    began, cpu = time.time(), time.process_time()
    told = play(given.seed, given.engine, steps)
    print("\n".join(told.lines))
    print(told.violation)
    print(f"{time.time() - began:.1f} s, cpu {time.process_time() - cpu:.1f}, {told.deaths} deaths")
