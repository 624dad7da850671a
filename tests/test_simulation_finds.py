"""The simulation can fail: defects that are put in on purpose are found by one of its first seeds."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.simulation.play import play
from tests.simulation.story import drawn
from wrapped_assets import queries
from wrapped_assets.resources.duckdb import landing, rows

pytestmark = pytest.mark.slow

SEEDS = range(500, 512)
Rows = list[dict[str, Any]]


def other_text(name: str, before: str, after: str) -> Callable[[pytest.MonkeyPatch], None]:
    """One statement says something else."""
    right = queries.text

    def text(asked: str) -> str:
        if asked != name:
            return right(asked)
        assert before in right(asked)
        return right(asked).replace(before, after)

    return lambda patch: patch.setattr(queries, "text", text)


def ledger_apart_from_its_rows(patch: pytest.MonkeyPatch) -> None:
    """Whoever dies behind the ledger's own commit leaves a file that counts as imported and that nobody merges."""
    insert = rows.insert_dicts

    def insert_and_commit(con: Any, table: str, found: Rows) -> None:
        insert(con, table, found)
        if table == "landing.files":
            con.execute("commit")
            con.execute("begin")

    patch.setattr(landing, "insert_dicts", insert_and_commit)


DEFECTS: dict[str, Callable[[pytest.MonkeyPatch], None]] = {
    "the lower version wins": other_text(
        "duckdb/raw/merge",
        "({staged_tie_break}) > ({known_tie_break})",
        "({staged_tie_break}) < ({known_tie_break})",
    ),
    "the ledger is committed apart from what follows": ledger_apart_from_its_rows,
    "a range is closed": other_text("duckdb/rollups/merge", "< $to", "<= $to"),
    "a gauge is summed": other_text(
        "products/usage/duckdb/storage_sizes",
        "arg_max(event.bytes, event.timestamp) as bytes",
        "sum(event.bytes) as bytes",
    ),
    "months do not make summaries stale": other_text(
        "duckdb/rollups/make_summaries_stale", "where offset_years.years = 0 or", "where false and"
    ),
}


@pytest.mark.parametrize("defect", DEFECTS)
def test_a_defect_is_found_within_a_dozen_seeds(defect: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Which seed found it is printed."""
    DEFECTS[defect](monkeypatch)
    for number, seed in enumerate(SEEDS, start=1):
        told = play(seed, "duckdb", drawn(seed, 100))
        if told.violation:
            print(f"{defect}: seed {number}, {told.violation.splitlines()[-1][:100]}")
            return
    pytest.fail(f"Nobody found that {defect}.")
