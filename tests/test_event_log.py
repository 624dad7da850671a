"""Dagster's history as this project stores it holds what Dagster's own storage would hold."""

from pathlib import Path
from typing import Any

import dagster as dg
import pytest
import yaml  # type: ignore[import-untyped, unused-ignore]

from wrapped_assets.event_log import SqliteEventLog

pytestmark = pytest.mark.proof

ROOT = Path(__file__).parent.parent
DAYS = dg.DailyPartitionsDefinition("2025-01-01", end_date="2025-01-11")
RANGE = {
    "dagster/asset_partition_range_start": "2025-01-02",
    "dagster/asset_partition_range_end": "2025-01-08",
}
QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


@dg.asset(partitions_def=DAYS, backfill_policy=dg.BackfillPolicy.single_run())
def upstream(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
    for number, key in enumerate(context.partition_keys):
        context.add_asset_metadata({"dagster/partition_row_count": number}, partition_key=key)
    return dg.MaterializeResult()


@dg.asset(
    partitions_def=DAYS,
    deps=[upstream],
    backfill_policy=dg.BackfillPolicy.single_run(),
    check_specs=[dg.AssetCheckSpec("holds", asset="downstream")],
)
def downstream(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
    return dg.MaterializeResult(check_results=[dg.AssetCheckResult(check_name="holds", passed=True)])


@dg.asset(partitions_def=DAYS, deps=[upstream], backfill_policy=dg.BackfillPolicy.single_run())
def broken() -> dg.MaterializeResult:
    raise ValueError("on purpose")


ASSETS = [upstream, downstream, broken]


def story(opened: dg.DagsterInstance) -> dict[str, Any]:
    """All that the UI, the sensors and the backfills would ask of one run, without its ids and times."""
    dg.materialize(ASSETS, instance=opened, tags=RANGE, run_config=QUIET, raise_on_error=False)
    (run,) = opened.get_runs()
    told = [
        (str(entry.dagster_event_type), entry.step_key, event.partition)
        for entry in opened.all_logs(run.run_id)
        if (event := entry.dagster_event)
    ]
    keys = [asset.key for asset in ASSETS]
    materializations = [
        (
            key.path,
            record.partition_key,
            record.asset_materialization and record.asset_materialization.metadata,
        )
        for key in keys
        for record in opened.fetch_materializations(dg.AssetRecordsFilter(key), limit=50).records
    ]
    checks = opened.event_log_storage.get_asset_check_execution_history(
        dg.AssetCheckKey(downstream.key, "holds"), limit=5
    )
    return {
        "status": run.status,
        "told": [line for line in told if "ENGINE" not in line[0] and "LOGS" not in line[0]],
        "materialized": {key.path[0]: sorted(opened.get_materialized_partitions(key)) for key in keys},
        "materializations": materializations,
        "checks": [check.status for check in checks],
        "latest": [
            (record.asset_entry.asset_key.path, record.asset_entry.last_materialization is not None)
            for record in sorted(
                opened.get_asset_records(keys), key=lambda record: record.asset_entry.asset_key
            )
        ],
    }


def test_both_storages_tell_the_same_story(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every event of a run of seven days, with a check and a failure, in order; what is materialized, with what metadata."""
    config = yaml.safe_load((ROOT / "dagster.yaml").read_text())
    told = {}
    for name, kept in {
        "dagster's": {},
        "ours": {"event_log_storage": config.pop("event_log_storage")},
    }.items():
        home = tmp_path / name
        home.mkdir()
        (home / "dagster.yaml").write_text(yaml.safe_dump(config | kept))
        monkeypatch.delenv("DAGSTER_EVENT_BATCH_SIZE", raising=False)
        with dg.DagsterInstance.from_config(str(home)) as opened:
            assert isinstance(opened.event_log_storage, SqliteEventLog) == (name == "ours")
            told[name] = story(opened)

    assert told["ours"] == told["dagster's"]
    assert told["ours"]["materialized"]["upstream"] == [f"2025-01-{day:02}" for day in range(2, 9)]
    assert told["ours"]["materialized"]["broken"] == []
    assert told["ours"]["status"] is dg.DagsterRunStatus.FAILURE


def test_a_dagster_yaml_that_an_older_version_copied_is_still_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Until 30 November 2026 dagster.yaml named DAGSTER_HOME under `home`: whoever has that file in place upgrades without touching it."""
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))
    config = yaml.safe_load((ROOT / "dagster.yaml").read_text())
    config["event_log_storage"]["config"] = {"home": {"env": "DAGSTER_HOME"}}
    (tmp_path / "dagster.yaml").write_text(yaml.safe_dump(config))

    with dg.DagsterInstance.from_config(str(tmp_path)) as opened:
        assert isinstance(opened.event_log_storage, SqliteEventLog)
        assert opened.get_runs() == []
