"""A build on ClickHouse within little memory: what does not fit is spilled or split, and the numbers are the same."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from benchmarks.landing import write_landing
from tests.pipeline import SECRET, say_nothing
from wrapped_assets.assets.importing import fetching, import_days
from wrapped_assets.landing.store import LandingStore
from wrapped_assets.periods import LEVELS, Span
from wrapped_assets.product import Facts
from wrapped_assets.resources.clickhouse import Address, ClickHouseWarehouse, Limits
from wrapped_assets.resources.duckdb import DuckDBWarehouse
from wrapped_assets.resources.warehouse import Warehouse

pytestmark = pytest.mark.clickhouse

SPAN = Span(date(2025, 1, 1), date(2025, 1, 3))
UNIQUE_ROWS = 1_000_000


def build(warehouse: Warehouse, store: LandingStore) -> list[Facts]:
    """Two days of requests through every layer: their summaries."""
    now = datetime(2026, 1, 1, tzinfo=UTC)
    with warehouse.writing() as writer:
        import_days(writer, store, "pipe_stats", SPAN, now, say_nothing)
        writer.refresh_raw("pipe_stats", SPAN, fetching(store), False, say_nothing)
        for level in LEVELS.values():
            writer.refresh_rollup(level.name, "pipe_stats", level.covering(SPAN), False, say_nothing)
        writer.refresh_identities(SECRET, False)
        writer.refresh_summaries(2025, False, now, None)
        return writer.facts(2025)


def test_rows_that_do_not_fit_into_memory_are_built_all_the_same(tmp_path: Path) -> None:
    """3 million landing rows, some 800 MB of them, with a limit of 600 MB for a statement (450 MB was enough, 400 MB was not)."""
    landing = tmp_path / "landing"
    write_landing(landing, UNIQUE_ROWS, 2, files_per_region_day=3, first_day=SPAN.start)
    store = LandingStore.open(landing.as_uri())
    address = Address("chdb", path=str(tmp_path / "small.chdb"))

    expected = build(DuckDBWarehouse(tmp_path / "warehouse.duckdb"), store)
    found = build(ClickHouseWarehouse(address, tmp_path / "lock", Limits("600MB", threads=2)), store)

    assert found == expected


def test_groups_that_do_not_fit_into_memory_go_to_disk(tmp_path: Path) -> None:
    """Sixteen million of them are more than the limit; without spilling ClickHouse refuses the statement."""
    address = Address("chdb", path=str(tmp_path / "small.chdb"))
    written = "select sum(value) from system.events where event = 'ExternalAggregationWritePart'"
    groups = "select count() from (select number from numbers(16000000) group by number)"
    with ClickHouseWarehouse(address, tmp_path / "lock", Limits("200MB")).writing() as writer:
        before = int(writer.session.value(written))
        assert writer.session.value(groups) == 16_000_000
        assert int(writer.session.value(written)) > before
