"""Few runs: which ranges to ask for, what is still running, and when to try again after a failure."""

from collections.abc import Collection
from datetime import date, timedelta
from itertools import pairwise

import dagster as dg

from wrapped_assets.assets.common import REFRESH_TAG
from wrapped_assets.periods import DAILY, Level, Span

# A run costs seconds whatever it does, a partition in a range milliseconds: few ranges, gaps filled.
MOST_RANGES = 3
LONGEST_GAP = timedelta(days=10)

FIRST_RETRY_SECONDS = 20.0
LONGEST_RETRY_SECONDS = 600.0

_UNFINISHED = [
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]


def ranges(stale: Collection[date], level: Level = DAILY, most: int = MOST_RANGES) -> list[Span]:
    """At most `most` spans of whole partitions, newest first, that hold all stale ones; the smallest gaps are filled."""
    spans = [level.span(start) for start in sorted(stale)]
    gaps = [(later.start - earlier.end, later.start) for earlier, later in pairwise(spans)]
    cuts = {start for gap, start in sorted(gaps)[-(most - 1) :] if gap > LONGEST_GAP}
    merged: list[Span] = []
    for span in spans:
        if merged and span.start not in cuts:
            merged[-1] = Span(merged[-1].start, span.end)
        else:
            merged.append(span)
    return merged[::-1]


def range_tags(span: Span, level: Level | None = None) -> dict[str, str]:
    """The tags of one run over all partitions of the span."""
    last = span.end - timedelta(days=1)
    start, end = (level.start(span.start), level.start(last)) if level else (span.start, last)
    return {
        "dagster/asset_partition_range_start": start.isoformat(),
        "dagster/asset_partition_range_end": end.isoformat(),
    }


def run_over(job: str, span: Span, work: str, level: Level | None = None) -> dg.RunRequest:
    """One run of the job for all partitions of the span; it follows what changed and does not rebuild."""
    return dg.RunRequest(job_name=job, tags={**range_tags(span, level), REFRESH_TAG: work})


def in_flight(instance: dg.DagsterInstance, work: str) -> str | None:
    """The id of an unfinished run of this work, if there is one."""
    filters = dg.RunsFilter(tags={REFRESH_TAG: work}, statuses=_UNFINISHED)
    runs = instance.get_runs(filters=filters, limit=1)
    return runs[0].run_id[:8] if runs else None


def retry_at(instance: dg.DagsterInstance, work: str, now: float) -> tuple[int, float]:
    """How often this work has failed in a row, and when it may be tried again (seconds since 1970)."""
    records = instance.get_run_records(filters=dg.RunsFilter(tags={REFRESH_TAG: work}), limit=10)
    failures = 0
    for record in records:
        if record.dagster_run.status != dg.DagsterRunStatus.FAILURE:
            break
        failures += 1
    if not failures:
        return 0, 0.0
    ended = records[0].end_time or now
    return failures, ended + wait_seconds(failures)


def wait_seconds(failures: int) -> float:
    """How long to wait after so many failures in a row: doubling, up to ten minutes."""
    return float(min(FIRST_RETRY_SECONDS * 2 ** (failures - 1), LONGEST_RETRY_SECONDS))
