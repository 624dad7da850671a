"""The tables of a ClickHouse warehouse: those of an older version are refused in words, and what a new family needs is added."""

from pathlib import Path

import pytest

from tests.pipeline import Pipeline
from tests.test_clickhouse_doubled import session_of
from wrapped_assets.resources.clickhouse.schema import VERSION
from wrapped_assets.resources.errors import NewerSchema, OlderSchema, WarehouseError, WarehouseMissing

pytestmark = pytest.mark.clickhouse


@pytest.fixture
def pipeline(tmp_path: Path) -> Pipeline:
    """A warehouse of this version, which holds nothing."""
    made = Pipeline(tmp_path, engine="clickhouse")
    with made.open():
        return made


@pytest.mark.parametrize(
    ("version", "refusal", "next_step"),
    [(VERSION - 1, OlderSchema, "name a new database or folder"), (VERSION + 1, NewerSchema, "upgrade")],
)
def test_a_warehouse_of_another_version_is_refused(
    pipeline: Pipeline, version: int, refusal: type[WarehouseError], next_step: str
) -> None:
    """To readers and writers, with both versions and what to do next."""
    with pipeline.open() as run:
        session = session_of(run)
        session.run("truncate table schema_migrations")
        session.insert("schema_migrations", [{"version": version, "name": ""}])
    for opening in (pipeline.clickhouse.reading, pipeline.clickhouse.writing):
        with pytest.raises(refusal, match=next_step) as refused, opening():
            pass
        assert f"version {version}" in str(refused.value)


def test_the_tables_of_a_family_that_was_added_since_are_made_by_the_next_writer(pipeline: Pipeline) -> None:
    """A reader finds no whole warehouse until then."""
    with pipeline.open() as run:
        session_of(run).run("drop table weekly_storage_sizes sync")
    with pytest.raises(WarehouseMissing), pipeline.clickhouse.reading():
        pass
    with pipeline.open() as run:
        assert session_of(run).value("select count() from weekly_storage_sizes") == 0
    with pipeline.clickhouse.reading() as reader:
        assert reader.editions() == []
