"""What people see, kept as files: one customer's whole summary, and the asset graph as sorted text."""

import json
from pathlib import Path

import pytest

from tests.built_world import YEAR, BuiltWorld
from wrapped_assets.definitions import defs
from wrapped_assets.resources.duckdb import DuckDBWarehouse
from wrapped_assets.summaries import document

GOLDEN = Path(__file__).parent / "golden"


def compare(name: str, text: str, request: pytest.FixtureRequest) -> None:
    """Compare with the golden file, or rewrite it under --golden."""
    path = GOLDEN / name
    if request.config.getoption("--golden"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8"), f"run `make golden` and review the diff of {name}"


def test_one_customers_summary_is_as_it_was(built_world: BuiltWorld, request: pytest.FixtureRequest) -> None:
    """The largest customer of a fixed world, every field of it."""
    with DuckDBWarehouse(built_world.warehouse).reading() as reader:
        edition = reader.edition(YEAR)
        assert edition is not None
        made = document(reader.facts(YEAR)[0], edition)

    compare(
        "summary.json", json.dumps(json.loads(made.to_json()), indent=1, ensure_ascii=False) + "\n", request
    )


def test_the_asset_graph_is_as_it_was(request: pytest.FixtureRequest) -> None:
    """Every asset with its group, kinds, calendar, what it reads and its checks; every job, sensor and schedule."""
    graph = defs.resolve_asset_graph()
    lines = []
    for key in sorted(graph.get_all_asset_keys(), key=str):
        node = graph.get(key)
        calendar = type(node.partitions_def).__name__ if node.partitions_def else "unpartitioned"
        lines.append(f"{key.to_user_string()} [{node.group_name}] {' '.join(sorted(node.kinds))}; {calendar}")
        lines += [f"    reads {parent.to_user_string()}" for parent in sorted(node.parent_keys, key=str)]
        lines += [f"    checked by {check.name}" for check in sorted(node.check_keys, key=lambda c: c.name)]
    repository = defs.get_repository_def()
    lines += sorted(f"sensor {sensor.name}" for sensor in repository.sensor_defs)
    lines += sorted(
        f"schedule {schedule.name}: {schedule.cron_schedule}" for schedule in repository.schedule_defs
    )
    lines += sorted(f"job {job.name}" for job in repository.get_all_jobs())

    compare("graph.txt", "\n".join(lines) + "\n", request)


def test_every_asset_says_what_it_is() -> None:
    """A description that names its row and source, an owner, a group, kinds, a code version and its columns."""
    graph = defs.resolve_asset_graph()
    for key in graph.get_all_asset_keys():
        node = graph.get(key)
        assert "**One row is**" in (node.description or ""), key
        assert "**Comes from**" in (node.description or ""), key
        assert node.owners and node.group_name != "default" and node.kinds and node.code_version, key
        assert node.metadata["dagster/column_schema"].columns, key
