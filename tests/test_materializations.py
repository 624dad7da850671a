"""What Dagster shows of a partition is that partition's own; what is the run's stands in the run's log, what is the asset's in its definition."""

from collections import Counter

import dagster as dg
import duckdb
import pytest

from tests.built_world import BuiltWorld
from wrapped_assets.definitions import defs

FAMILIES = ("ingestion", "pipe_stats", "storage")
LAYERS = ("landing", "raw", "hourly", "daily", "weekly", "monthly")


@pytest.fixture
def instance(built_world: BuiltWorld, monkeypatch: pytest.MonkeyPatch) -> dg.DagsterInstance:
    """The history of the build."""
    home = str(built_world.home / "dagster")
    monkeypatch.setenv("DAGSTER_HOME", home)
    return dg.DagsterInstance.from_config(home)


def shown(instance: dg.DagsterInstance, layer: str, family: str) -> dict[str, dict[str, object]]:
    """The latest metadata of each partition, without links to code."""
    records = instance.fetch_materializations(dg.AssetKey([layer, family]), limit=1000).records
    found: dict[str, dict[str, object]] = {}
    for record in records:
        made = record.asset_materialization
        assert made is not None
        found.setdefault(str(made.partition), {name: value.value for name, value in made.metadata.items()})
    return found


def test_each_day_shows_what_of_its_own_files_is_in_quarantine(
    built_world: BuiltWorld, instance: dg.DagsterInstance
) -> None:
    """A bad file is shown on its day; no other day names it, whatever the run that imported both."""
    statement = """
        select family, cast(folder_day as varchar), parse_filename(object_key) from landing.files
        where state = 'quarantined' and folder_day is not null
            and folder_day between '2025-01-20' and current_date"""
    with duckdb.connect(str(built_world.warehouse), read_only=True) as con:
        bad = con.execute(statement).fetchall()
    assert len({day for _, day, _ in bad}) > 1
    expected = Counter((family, day) for family, day, _ in bad)
    for family in FAMILIES:
        days = shown(instance, "landing", family)
        files = {day: metadata.get("files_quarantined") or 0 for day, metadata in days.items()}
        assert files == {day: expected[family, day] for day in days}
        for name in {name for each, _, name in bad if each == family}:
            quarantines = {day: str(each.get("quarantine")).replace("\\", "") for day, each in days.items()}
            naming = {day for day, text in quarantines.items() if name in text}
            assert naming == {day for each, day, other in bad if (each, other) == (family, name)}


def test_a_partition_shows_its_rows_and_nothing_of_its_run(instance: dg.DagsterInstance) -> None:
    """No count of all days on each of them, and no SQL: that was half of Dagster's history."""
    for layer in LAYERS:
        for family in FAMILIES:
            for partition, metadata in shown(instance, layer, family).items():
                own = set(metadata) - {"files_quarantined", "rows_quarantined", "quarantine"}
                assert own == {"dagster/partition_row_count"}, (layer, family, partition)


@pytest.mark.parametrize("layer", LAYERS[1:])
def test_the_sql_of_a_layer_stands_in_its_assets_definition(layer: str) -> None:
    """Once, and as it is run: its own tables, no place left to fill in."""
    for family in FAMILIES:
        metadata = defs.resolve_asset_graph().get(dg.AssetKey([layer, family])).metadata
        sql = str(metadata["sql"].value)
        assert sql.startswith("```sql") and "select" in sql and family in sql
        assert "{columns}" not in sql and "{table}" not in sql
