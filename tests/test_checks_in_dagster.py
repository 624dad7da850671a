"""What the checks promise an operator: the right one fails, the command says so, and the Dagster UI shows it.

What is wrong here was put into the warehouse behind the pipeline's back.
"""

import contextlib
import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import Request, urlopen

import dagster as dg
import duckdb
import pytest

from tests.built_world import YEAR, BuiltWorld
from tests.ports import free_port

pytestmark = pytest.mark.proof

ROOT = Path(__file__).parent.parent
START_SECONDS = 180

CHECKS = """
{ assetNodes { assetKey { path } assetChecksOrError { ... on AssetChecks { checks { name
  executionForLatestMaterialization { status evaluation { severity success metadataEntries {
    label ... on MarkdownMetadataEntry { mdStr } } } } } } } } }
"""


def results(printed: str) -> dict[str, list[str]]:
    """The checks that `wrapped check` printed, as asset/check, by their result."""
    found: dict[str, list[str]] = {"passed": [], "warning": [], "FAILED": []}
    for line in printed.splitlines():
        result, *rest = line.split()[:3] or [""]
        if result in found and len(rest) == 2:
            found[result].append("/".join(rest))
    return found


def damage(world: BuiltWorld, *statements: str) -> None:
    """Change the warehouse behind the pipeline's back."""
    with duckdb.connect(str(world.warehouse)) as con:
        for statement in statements:
            con.execute(statement)


def test_a_sound_world_passes_every_check_and_its_quarantine_only_warns(
    built_world: BuiltWorld, tmp_path: Path
) -> None:
    """The command exits with 0, names what is in quarantine, and finds every table equal to its full rebuild."""
    done = built_world.twin(tmp_path / "home").wrapped("check", "--year", str(YEAR), "--deep")

    assert done.returncode == 0, done.stdout + done.stderr
    found = results(done.stdout)
    families = ("ingestion", "pipe_stats", "storage")
    assert found["warning"] == [f"landing/{family}/quarantine_is_empty" for family in families]
    assert found["FAILED"] == []
    assert len(found["passed"]) > 25
    assert (
        "landing/storage quarantine_is_empty is broken. Its promise: Every landing file and row could be imported."
        in done.stdout
    )
    assert "required column bytes is missing" in done.stdout or "column bytes is string" in done.stdout
    assert "DIFFERS" not in done.stdout and done.stdout.count("identical") >= 16


def test_what_is_wrong_fails_the_right_check_in_the_terminal_and_in_the_ui(
    built_world: BuiltWorld, tmp_path: Path
) -> None:
    """One duplicate key in raw, one lost row, one wrong rollup: each is found where it is, and where it leads."""
    world = built_world.twin(tmp_path / "home")
    damage(
        world,
        "insert into raw.storage from raw.storage limit 1",
        "delete from raw.ingestion where operation_id = (select min(operation_id) from raw.ingestion)",
        """update daily.pipe_stats_requests set read_bytes = read_bytes + 1 where (day, organization_id, pipe_id) = (
            select (day, organization_id, pipe_id) from daily.pipe_stats_requests order by all limit 1)""",
    )
    expected = [
        "daily/pipe_stats/conserves_hourly",  # the wrong rollup
        "hourly/ingestion/conserves_raw",
        "hourly/storage/conserves_raw",
        "monthly/pipe_stats/conserves_daily",
        "raw/ingestion/nothing_is_lost",  # the lost row
        "raw/storage/keys_are_unique",  # the duplicate key
        "weekly/pipe_stats/conserves_daily",
    ]

    done = world.wrapped("check", "--year", str(YEAR))

    assert done.returncode == 1, done.stdout + done.stderr
    assert results(done.stdout)["FAILED"] == expected
    assert "raw/storage keys_are_unique is broken. Its promise: No key is in raw twice." in done.stdout
    assert f"{len(expected)} failed." in done.stdout

    with webserver(world) as ask:
        shown = ask(CHECKS)["assetNodes"]
    executions = {
        "/".join([*node["assetKey"]["path"], check["name"]]): check["executionForLatestMaterialization"]
        for node in shown
        for check in node["assetChecksOrError"].get("checks", [])
    }
    errors = [
        name
        for name, execution in executions.items()
        if execution["status"] == "FAILED" and execution["evaluation"]["severity"] == "ERROR"
    ]
    assert sorted(errors) == expected
    entries = executions["raw/storage/keys_are_unique"]["evaluation"]["metadataEntries"]
    told = {entry["label"]: entry.get("mdStr") for entry in entries}
    assert "datasource" in told["first_broken_rows"]


def test_an_import_tells_dagster_what_is_in_quarantine(
    built_world: BuiltWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without `wrapped check`: each family's check was evaluated in the run that imported it, over all that ever landed."""
    world = built_world.twin(tmp_path / "home")
    monkeypatch.setenv("DAGSTER_HOME", str(world.home / "dagster"))
    with dg.DagsterInstance.from_config(str(world.home / "dagster")) as instance:
        for family in ("ingestion", "pipe_stats", "storage"):
            key = dg.AssetCheckKey(dg.AssetKey(["landing", family]), "quarantine_is_empty")
            (seen,) = instance.event_log_storage.get_asset_check_execution_history(key, limit=9)
            (imported,) = instance.fetch_materializations(key.asset_key, limit=1).records
            assert seen.run_id == imported.run_id
            assert seen.evaluation is not None
            assert (seen.evaluation.passed, seen.evaluation.severity) == (False, dg.AssetCheckSeverity.WARN)
            assert seen.evaluation.metadata["checked"].value == "all days"


def test_a_deep_check_finds_a_change_that_keeps_every_sum(built_world: BuiltWorld, tmp_path: Path) -> None:
    """A byte moved from one pipe to another of the same organization and day: all sums hold, the table is wrong."""
    world = built_world.twin(tmp_path / "home")
    damage(
        world,
        """create temp table moved as
        select day, organization_id, min(pipe_id) as from_pipe, max(pipe_id) as to_pipe
        from daily.pipe_stats_requests
        where read_bytes > 0
        group by day, organization_id
        having min(pipe_id) < max(pipe_id)
        order by all limit 1""",
        *(
            f"""update daily.pipe_stats_requests as stored set read_bytes = read_bytes {change} from moved
            where stored.day = moved.day and stored.organization_id = moved.organization_id
                and stored.pipe_id = moved.{pipe} and stored.rowid = (
                    select min(rowid) from daily.pipe_stats_requests as one
                    where (one.day, one.organization_id, one.pipe_id) = (moved.day, moved.organization_id, moved.{pipe})
                        and one.read_bytes > 0)"""
            for change, pipe in (("- 1", "from_pipe"), ("+ 1", "to_pipe"))
        ),
    )

    done = world.wrapped("check", "--year", str(YEAR), "--deep")

    assert done.returncode == 1, done.stdout + done.stderr
    assert results(done.stdout)["FAILED"] == []
    differing = [line.split()[1] for line in done.stdout.splitlines() if line.startswith(" DIFFERS")]
    # Weeks and months are compared with a merge of the days as they are now.
    assert "daily/pipe_stats" in differing
    assert set(differing) <= {"daily/pipe_stats", "weekly/pipe_stats", "monthly/pipe_stats"}
    assert "daily/pipe_stats, only stored: (" in done.stdout
    assert "daily/pipe_stats, only rebuilt: (" in done.stdout


@contextlib.contextmanager
def webserver(world: BuiltWorld) -> Iterator[Any]:
    """The real dagster-webserver over the world; gives a function that asks its GraphQL."""
    port = free_port()
    command = [sys.executable, "-m", "dagster_webserver", "--workspace", "workspace.yaml"]
    command += ["--host", "127.0.0.1", "--port", str(port)]
    log = world.home / "webserver.log"

    def ask(query: str) -> Any:
        body = json.dumps({"query": query}).encode()
        asked = Request(f"http://127.0.0.1:{port}/graphql", body, {"Content-Type": "application/json"})
        with urlopen(asked, timeout=60) as answer:
            return json.load(answer)["data"]

    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=ROOT, env=world.environment, stdout=output, stderr=output)
    try:
        deadline, pause = time.monotonic() + START_SECONDS, threading.Event()
        while True:
            try:
                ask("{ version }")
                break
            except (URLError, ConnectionError):
                assert time.monotonic() < deadline and process.poll() is None, log.read_text()[-3000:]
                pause.wait(0.5)
        yield ask
    finally:
        process.terminate()
        try:
            process.wait(60)
        finally:
            process.kill()
