"""Runs whose process is gone are told apart from runs at work, by real processes that really die."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.events import EngineEventData
from dagster._core.launcher import WorkerStatus

from wrapped_assets.cli.instance import dagster_instance
from wrapped_assets.definitions import defs
from wrapped_assets.launcher import HOST_TAG, LocalRunLauncher, fail_gone_runs, gone
from wrapped_assets.settings import Settings

pytestmark = pytest.mark.proof

STARTED, FAILURE = dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.FAILURE

# A run in this very process that takes the writers' pool and is killed inside its step.
KILLED = """
import os, signal, socket
import dagster as dg
from wrapped_assets.launcher import HOST_TAG
from wrapped_assets.cli.instance import dagster_instance
from wrapped_assets.settings import Settings

@dg.op(pool="warehouse")
def stand_in():
    os.kill(os.getpid(), signal.SIGKILL)

@dg.job
def killed():
    stand_in()

with dagster_instance(Settings.load()) as opened:
    killed.execute_in_process(instance=opened, tags={HOST_TAG: socket.gethostname()})
"""


@pytest.fixture
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """A world of its own, for this process and those it starts."""
    made = {"WRAPPED_HOME": str(tmp_path), "DAGSTER_HOME": str(tmp_path / "dagster")}
    for name, value in made.items():
        monkeypatch.setenv(name, value)
    return os.environ | made


@pytest.fixture
def opened(environment: dict[str, str]) -> Iterator[dg.DagsterInstance]:
    """The world's Dagster instance, configured by the project's own dagster.yaml."""
    with dagster_instance(Settings.load()) as instance:
        yield instance


def started_run(opened: dg.DagsterInstance, pid: int, **tags: str) -> dg.DagsterRun:
    """A run that has begun and said that it works in this process."""
    run = opened.create_run_for_job(_job, tags={HOST_TAG: socket.gethostname(), **tags}, status=STARTED)
    opened.report_engine_event("Executing steps in process", run, EngineEventData.in_process(pid))
    return run


@dg.job
def _job() -> None:
    pass


def test_a_run_that_was_killed_in_its_step_is_failed_by_whoever_opens_the_instance_next(
    environment: dict[str, str],
) -> None:
    """Its slot in the writers' pool is free again: the next run would wait for it for ever."""
    died = subprocess.run([sys.executable, "-c", KILLED], env=environment, capture_output=True, timeout=120)
    assert died.returncode == -signal.SIGKILL
    with dg.DagsterInstance.from_config(environment["DAGSTER_HOME"]) as before:
        (run,) = before.get_runs()
        assert run.status is STARTED
        assert before.event_log_storage.get_concurrency_info("warehouse").active_slot_count == 1

    with dagster_instance(Settings.load()) as opened:
        (run,) = opened.get_runs()
        assert run.status is FAILURE
        assert opened.event_log_storage.get_concurrency_info("warehouse").active_slot_count == 0


def test_a_run_at_work_is_left_alone(opened: dg.DagsterInstance) -> None:
    """Its process lives, or it has not named one yet."""
    run = started_run(opened, os.getpid())
    silent = opened.create_run_for_job(_job, status=STARTED)
    assert gone(opened, run) is None
    assert fail_gone_runs(opened) == []
    assert {each.status for each in opened.get_runs()} == {STARTED}
    assert gone(opened, silent) is None


def test_another_process_that_got_the_same_id_is_not_the_runs_own(opened: dg.DagsterInstance) -> None:
    """A restarted container begins to count anew: the id is taken, by something that began later."""
    with subprocess.Popen(["sleep", "60"]) as other:
        run = started_run(opened, other.pid)
        assert gone(opened, run) is None
        (entry,) = opened.all_logs(run.run_id, of_type=dg.DagsterEventType.ENGINE_EVENT)
        before = entry._replace(timestamp=entry.timestamp - 3600)
        opened.delete_run(run.run_id)
        earlier = opened.create_run_for_job(_job, tags=run.tags, status=STARTED)
        opened.handle_new_event(before._replace(run_id=earlier.run_id))
        assert gone(opened, earlier) == other.pid
        other.kill()


def test_a_run_of_another_machine_is_not_judged_by_the_processes_here(opened: dg.DagsterInstance) -> None:
    """Every run says where it runs; a process id means nothing elsewhere, and a run that does not say is left alone."""
    with subprocess.Popen(["true"]) as ended:
        ended.wait()
    there = started_run(opened, ended.pid, **{HOST_TAG: "elsewhere"})
    here = started_run(opened, ended.pid, **{HOST_TAG: socket.gethostname()})
    assert gone(opened, there) is None
    assert gone(opened, here) == ended.pid


def test_dagsters_run_monitoring_asks_this_launcher(opened: dg.DagsterInstance) -> None:
    """As dagster.yaml configures it."""
    launcher = opened.run_launcher
    assert isinstance(launcher, LocalRunLauncher)
    assert launcher.supports_check_run_worker_health
    with subprocess.Popen(["true"]) as ended:
        ended.wait()
    assert launcher.check_run_worker_health(started_run(opened, ended.pid)).status is WorkerStatus.FAILED
    assert launcher.check_run_worker_health(started_run(opened, os.getpid())).status is WorkerStatus.RUNNING


def test_a_run_prints_no_event(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """`make dev` shows what runs say, warnings and errors; every event is in the UI."""
    with dagster_instance(Settings.load({"WRAPPED_HOME": str(tmp_path)})) as instance:
        assert defs.resolve_job_def("forget_old_runs").execute_in_process(instance=instance).success

    assert "DEBUG" not in capfd.readouterr().err
