"""What people see, kept as files: one customer's whole summary, and the asset graph as sorted text."""

import json
import re
from datetime import date
from pathlib import Path

import dagster as dg
import pytest

from tests.pipeline import Pipeline
from wrapped_assets.definitions import defs
from wrapped_assets.periods import LEVELS
from wrapped_assets.products import BUCKETED, DIMENSIONS, FAMILIES
from wrapped_assets.products.usage import synthetic

GOLDEN = Path(__file__).parent / "golden"

# Enough customers for a rank, and some days of the year before.
WORLDS = (
    synthetic.World(
        seed=7,
        year=2024,
        requests=800,
        organizations=140,
        customers=110,
        first_day=date(2024, 12, 22),
        last_day=date(2024, 12, 31),
    ),
    synthetic.World(
        seed=7,
        year=2025,
        requests=6000,
        organizations=140,
        customers=110,
        first_day=date(2025, 1, 22),
        last_day=date(2025, 2, 20),
    ),
)


def compare(name: str, text: str, request: pytest.FixtureRequest) -> None:
    """Compare with the golden file, or rewrite it under --golden."""
    path = GOLDEN / name
    if request.config.getoption("--golden"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8"), f"run `make golden` and review the diff of {name}"


def test_every_document_is_as_it_was(pipeline: Pipeline, request: pytest.FixtureRequest) -> None:
    """All customers of a fixed world, and the largest of them in a form to read, with no field empty."""
    for world in WORLDS:
        synthetic.write_history(world, pipeline.landing, lambda label, done, total: None)
    with pipeline.open() as run:
        run.follow()
        run.follow()
        largest = run.writer.facts(2025)[0]["wrapped_id"]
        documents = {customer: json.loads(text) for customer, text in run.documents(2025).items()}

    made = documents[largest]
    assert [name for name, value in made.items() if value is None or value == []] == []
    compare("summary.json", readable(made), request)
    lines = [json.dumps(documents[customer], ensure_ascii=False) for customer in sorted(documents)]
    compare("documents.ndjson", "\n".join(lines) + "\n", request)


def readable(document: object) -> str:
    """The document with its innermost lists and objects on one line each."""
    text = json.dumps(document, indent=1, ensure_ascii=False) + "\n"
    innermost = re.compile(r"[\[{][^\[\]{}]*[\]}]")
    return innermost.sub(lambda found: re.sub(r"\s*\n\s*", " ", found[0]), text)


def test_the_asset_graph_is_as_it_was(request: pytest.FixtureRequest) -> None:
    """Every asset with its group, kinds, calendar, what it reads and its checks; every job, sensor and schedule."""
    graph = defs.resolve_asset_graph()
    lines = []
    for key in sorted(graph.get_all_asset_keys(), key=str):
        node = graph.get(key)
        lines.append(
            f"{key.to_user_string()} [{node.group_name}] {' '.join(sorted(node.kinds))}; {calendar(node.partitions_def)}"
        )
        for parent in sorted(node.parent_keys, key=str):
            mapping = node.partition_mappings.get(parent)
            by = f" by {type(mapping).__name__}" if mapping else ""
            lines.append(f"    reads {parent.to_user_string()}{by}")
        lines += [f"    checked by {check.name}" for check in sorted(node.check_keys, key=lambda c: c.name)]
    repository = defs.get_repository_def()
    for sensor in sorted(repository.sensor_defs, key=lambda sensor: sensor.name):
        jobs = " ".join(sorted(job.name for job in sensor.jobs))
        lines.append(f"sensor {sensor.name} ({sensor.default_status.value}): {jobs}")
    for schedule in sorted(repository.schedule_defs, key=lambda schedule: schedule.name):
        lines.append(
            f"schedule {schedule.name} ({schedule.default_status.value}): {schedule.cron_schedule} {schedule.job_name}"
        )
    for job in sorted(defs.resolve_all_job_defs(), key=lambda job: job.name):
        if job.name.startswith("__"):
            continue  # Dagster's own job of all assets
        steps = sorted(node.name for node in job.graph.nodes)
        lines += [f"job {job.name}"] + (
            [f"    {step}" for step in steps] if job.name != "check_everything" else []
        )

    compare("graph.txt", "\n".join(lines) + "\n", request)


def calendar(partitions: dg.PartitionsDefinition | None) -> str:
    """Partitions in a few words, without what the settings say of them."""
    if partitions is None:
        return "no partitions"
    if isinstance(partitions, dg.MultiPartitionsDefinition):
        return " x ".join(sorted(dimension.name for dimension in partitions.partitions_defs))
    if isinstance(partitions, dg.TimeWindowPartitionsDefinition):
        return f"cron {partitions.cron_schedule}"
    return "regions"


def test_every_asset_says_what_it_is() -> None:
    """A description that names its row and source, an owner, a group, kinds, a code version and its columns."""
    graph = defs.resolve_asset_graph()
    for key in graph.get_all_asset_keys():
        node = graph.get(key)
        assert (node.description or "").startswith("One row is "), key
        assert "\n\nComes from " in (node.description or "") and "**" not in (node.description or ""), key
        if key.path[0] in LEVELS:
            (below,) = node.parent_keys
            assert f"Comes from `{'/'.join(below.path)}`" in (node.description or ""), key
        assert node.owners and node.group_name != "default" and node.kinds and node.code_version, key
        columns = node.metadata["dagster/column_schema"].columns
        assert columns and all(column.description and column.type for column in columns), key


def test_every_layer_keeps_its_name_everywhere() -> None:
    """Its key's prefix is its group and its module or the rollups' level; its SQL lies in the folder of that name."""
    root = Path(__file__).parent.parent
    modules = {path.stem for path in (root / "wrapped_assets" / "assets").glob("*.py")}
    folders = {path.name for path in (root / "sql" / "duckdb").iterdir()}
    for key in defs.resolve_asset_graph().get_all_asset_keys():
        node = defs.resolve_asset_graph().get(key)
        layer = key.path[0]
        if layer in BUCKETED:
            assert node.group_name == layer
        elif len(key.path) == 2:
            assert node.group_name == layer and key.path[1] in {*FAMILIES, *DIMENSIONS}, key
            assert layer in LEVELS or layer in modules, key
        else:
            assert layer in {*DIMENSIONS, *modules}, key
    assert {"landing", "raw", "rollups", "dimensions", "summaries", "checks"} <= folders
