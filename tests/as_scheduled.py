"""Evaluates a schedule at a moment and runs what it asks for, several times: `python -m tests.as_scheduled NAME MOMENT TIMES`.

A process of its own, because partitions and definitions are made from the settings when they are imported.
"""

import json
import sys
from datetime import datetime

import dagster as dg

from wrapped_assets.definitions import defs


def run(schedule: str, moment: datetime, times: int) -> tuple[str, dict[str, dict[str, int]]]:
    """The run key, or why the schedule asked for nothing; the rows that Dagster shows of each asset's partitions."""
    with dg.DagsterInstance.ephemeral() as instance:
        context = dg.build_schedule_context(instance, scheduled_execution_time=moment)
        tick = defs.get_schedule_def(schedule).evaluate_tick(context)
        if not tick.run_requests:
            return str(tick.skip_message), {}
        (request,) = tick.run_requests
        job = defs.resolve_job_def(defs.get_schedule_def(schedule).job_name)
        for _ in range(times):
            job.execute_in_process(run_config=request.run_config, tags=request.tags, instance=instance)
        shown: dict[str, dict[str, int]] = {}
        for entry in (entry for each in instance.get_runs() for entry in instance.all_logs(each.run_id)):
            made = entry.asset_materialization
            if made and made.partition:
                rows = made.metadata["dagster/partition_row_count"].value
                shown.setdefault(made.asset_key.path[-1], {})[made.partition] = int(str(rows))
        return str(request.run_key), shown


if __name__ == "__main__":
    name, moment, times = sys.argv[1:]
    print(json.dumps(run(name, datetime.fromisoformat(moment), int(times))))  # noqa: T201
