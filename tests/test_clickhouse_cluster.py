"""Two shards hold what DuckDB holds: every statement of the pipeline, each organization on one of them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import worlds
from tests.clickhouse_cluster import TwoShards, two_shards
from tests.pipeline import YEARS, Pipeline
from tests.served import Served

pytestmark = pytest.mark.clickhouse_server


@pytest.fixture
def cluster(tmp_path: Path, clickhouse_library: None) -> Iterator[TwoShards]:
    """Two servers with nothing in them."""
    with two_shards(tmp_path / "cluster") as started:
        yield started


@pytest.mark.parametrize("seed", [11])
def test_two_shards_hold_what_duckdb_holds_to_the_last_byte(
    cluster: TwoShards, tmp_path: Path, seed: int
) -> None:
    """Every table and every document of a hostile world, taken in at once, in two halves, and rebuilt."""
    files = list({file.key: file for file in worlds.make_world(seed=seed, size=25)}.values())
    embedded, sharded = Pipeline(tmp_path), Served(tmp_path, url=cluster.url())
    embedded.build(*files)
    sharded.build()
    with embedded.open() as run:
        tables = {name: rows for name, rows in run.tables().items() if not name.startswith("yearly.")}
        documents = [run.documents(year) for year in YEARS]
    with sharded.open() as run:
        assert run.tables() == tables
        assert [run.documents(year) for year in YEARS] == documents
        assert run.differences() == []
