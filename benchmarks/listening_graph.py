"""Listening through Dagster: landing, raw, catalog, pieces, every table, documents. python -m benchmarks.listening_graph YEAR"""

import json
import sys
from datetime import date

from benchmarks.measure import own_cost
from wrapped_assets.bucketed.editions_of import open_edition
from wrapped_assets.cli import running
from wrapped_assets.cli.instance import dagster_instance
from wrapped_assets.periods import Span
from wrapped_assets.products.listening import LISTENING
from wrapped_assets.settings import Settings

DIGEST = """
select count(*), sum(total_ms), sum(plays), sum(streams), sum(unique_tracks), sum(discoveries.new_artists), sum(active_days)
from totals
left join discoveries using (listener)
left join days using (listener)
"""


def main(year: int) -> None:
    """Build, and print the digest that the floor prints."""
    settings = Settings.load()
    with dagster_instance(settings) as instance:
        running.build(instance, settings, Span(settings.first_day, date(year + 1, 1, 2)))
    cost = own_cost()
    with open_edition(settings, LISTENING, year, read_only=True) as edition:
        digest = [int(number or 0) for number in edition.con.execute(DIGEST).fetchall()[0]]
    print(json.dumps({**cost, "digest": digest}))


if __name__ == "__main__":
    main(int(sys.argv[1]))
