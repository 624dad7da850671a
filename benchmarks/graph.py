"""The graph: every layer of pipe_stats through Dagster, in a warehouse of its own.

WRAPPED_HOME=... WRAPPED_LANDING_URL=... python -m benchmarks.graph FIRST_DAY LAST_DAY
"""

import json
import sys
import time
from datetime import date, timedelta

from benchmarks.floor import digest
from benchmarks.measure import own_cost
from wrapped_assets.cli import running
from wrapped_assets.cli.instance import dagster_instance
from wrapped_assets.periods import Span
from wrapped_assets.resources.open import open_warehouse
from wrapped_assets.settings import Settings


def main(first: date, last: date) -> None:
    """Build, and print a digest of the facts."""
    settings = Settings.load()
    started = time.perf_counter()
    with dagster_instance(settings) as instance:
        runs = running.build(instance, settings, Span(first, last + timedelta(days=1)))
    seconds = time.perf_counter() - started
    cost = own_cost()
    with open_warehouse(settings).reading() as reader:
        facts = reader.facts(first.year)
    found = {"digest": digest(facts), "customers": len(facts), "runs": runs, "build": seconds}
    print(json.dumps({**cost, **found}))


if __name__ == "__main__":
    main(date.fromisoformat(sys.argv[1]), date.fromisoformat(sys.argv[2]))
