"""Runs whose process is gone: told apart from runs at work, so that a kill -9 or a reboot stops nothing for long.

A run that dies together with the process that watches it (all of `dagster dev`, a `wrapped build`) stays "started" in Dagster,
keeps the pool of the warehouse's one writer, and blocks the sensors. Every run logs the id of its process; Dagster's
run monitoring asks this launcher whether it is alive, and `wrapped` asks before it starts runs of its own.
"""

import socket

import dagster as dg
import psutil
from dagster._core.launcher import CheckRunHealthResult, DefaultRunLauncher, LaunchRunContext, WorkerStatus

HOST_TAG = "wrapped/host"
"""The machine whose process ids the run's log names. Runs without it are never judged."""

# A process that began this much later than the run's own words is another one, which got the same id.
_CLOCK_SLACK_SECONDS = 1.0


class LocalRunLauncher(DefaultRunLauncher):
    """Dagster's default launcher, which also knows whether a run's process on this machine is still there."""

    def launch_run(self, context: LaunchRunContext) -> None:
        """As Dagster does; the run says on which machine its process is."""
        self._instance.add_run_tags(context.dagster_run.run_id, {HOST_TAG: socket.gethostname()})
        super().launch_run(context)

    @property
    def supports_check_run_worker_health(self) -> bool:
        """True: run monitoring asks."""
        return True

    def check_run_worker_health(self, run: dg.DagsterRun) -> CheckRunHealthResult:
        """FAILED when the process that the run named is gone, else RUNNING."""
        pid = gone(self._instance, run)
        if pid is None:
            return CheckRunHealthResult(WorkerStatus.RUNNING)
        return CheckRunHealthResult(WorkerStatus.FAILED, f"its process {pid} is gone")


def gone(instance: dg.DagsterInstance, run: dg.DagsterRun) -> int | None:
    """The id of the run's process when it ran on this machine and is no more; None as long as that is not known."""
    if run.tags.get(HOST_TAG) != socket.gethostname():
        return None
    named = None
    for entry in instance.all_logs(run.run_id, of_type=dg.DagsterEventType.ENGINE_EVENT):
        data = entry.dagster_event.engine_event_data if entry.dagster_event else None
        if data is not None and "pid" in data.metadata:
            named = int(str(data.metadata["pid"].value)), entry.timestamp
    return named[0] if named and not _is_alive(*named) else None


def _is_alive(pid: int, seen_at: float) -> bool:
    try:
        process = psutil.Process(pid)
        return (
            process.status() != psutil.STATUS_ZOMBIE
            and process.create_time() <= seen_at + _CLOCK_SLACK_SECONDS
        )
    except psutil.NoSuchProcess:
        return False


def fail_gone_runs(instance: dg.DagsterInstance) -> list[str]:
    """Mark the started runs whose process is gone as failed and free their slots; returns their ids."""
    started = instance.get_runs(filters=dg.RunsFilter(statuses=[dg.DagsterRunStatus.STARTED]))
    failed = []
    for run in started:
        pid = gone(instance, run)
        if pid is not None:
            instance.report_run_failed(
                run, f"Its process {pid} is gone: it was killed, or the machine went down."
            )
            instance.event_log_storage.free_concurrency_slots_for_run(run.run_id)
            failed.append(run.run_id)
    return failed
