"""Few runs: which ranges to ask for, what is still running, and when to try again after a failure."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise

import dagster as dg
from dagster._core.execution.backfill import BulkActionsFilter, BulkActionStatus

from wrapped_assets import products
from wrapped_assets.assets.common import REFRESH_TAG
from wrapped_assets.partitions import days, key_range
from wrapped_assets.periods import DAILY, Level, Span
from wrapped_assets.sensors.jobs import FOLLOWED, UNFOLLOWED

# A run costs seconds whatever it does, a partition in a range milliseconds: few ranges, gaps filled.
MOST_RANGES = 3
LONGEST_GAP = timedelta(days=10)

FIRST_RETRY_SECONDS = 10.0
LONGEST_RETRY_SECONDS = 600.0
# How far back failures are counted.
REMEMBERED_RUNS = 50

_ENDED = [dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED]
# Whatever else a run can be (Dagster adds to it: queued, starting, suspended, ...), it still has something to do.
_UNFINISHED = [status for status in dg.DagsterRunStatus if status not in _ENDED]
_BACKFILL_GOES_ON = [BulkActionStatus.REQUESTED, BulkActionStatus.CANCELING, BulkActionStatus.FAILING]


def calendar(now: datetime) -> Span:
    """The days that have partitions."""
    first = days.start.date()
    return Span(first, max(now.date(), first) + timedelta(days=1))


def ranges(stale: Collection[date], level: Level = DAILY, most: int = MOST_RANGES) -> list[Span]:
    """At most `most` spans of whole partitions, newest first, that hold all stale ones; the smallest gaps are filled."""
    spans = sorted({level.span(day) for day in stale})
    gaps = sorted((later.start - earlier.end, later.start) for earlier, later in pairwise(spans))
    widest = gaps[len(gaps) - min(most - 1, len(gaps)) :]
    cuts = {start for gap, start in widest if gap > LONGEST_GAP}
    merged: list[Span] = []
    for span in spans:
        if merged and span.start not in cuts:
            merged[-1] = Span(merged[-1].start, span.end)
        else:
            merged.append(span)
    return merged[::-1]


def range_tags(span: Span, level: Level = DAILY) -> dict[str, str]:
    """The tags of one run over all partitions of the span."""
    last = span.end - timedelta(days=1)
    return key_range(level.start(span.start), level.start(last))


def run_over(
    job: str,
    span: Span,
    work: str,
    layers: Collection[str],
    families: Collection[str],
    level: Level = DAILY,
) -> dg.RunRequest:
    """One run of the job for all partitions of the span, for these layers of these families only.

    It follows what changed and does not rebuild. A partition that is refreshed for nothing costs two events.
    """
    assets = [dg.AssetKey(pair) for pair in products.layers(*layers) if pair[1] in families]
    tags = {**range_tags(span, level), REFRESH_TAG: work}
    # Dagster would add the checks of these assets: a year's checks belong to the daily run of their own.
    return dg.RunRequest(job_name=job, tags=tags, asset_selection=assets, asset_check_keys=[])


@dataclass(frozen=True)
class Ended:
    """How a run ended; `at` in seconds since 1970."""

    job: str
    succeeded: bool
    at: float


@dataclass(frozen=True)
class History:
    """The latest runs of some work, newest first. Each job waits for itself: what fails delays nothing else."""

    runs: tuple[Ended, ...] = ()

    def failures(self, *jobs: str) -> int:
        """How often in a row these jobs have failed."""
        return len(list(self._failed(jobs)))

    def wait(self, job: str, now: float) -> float:
        """How many seconds the job must still wait after its last failures; 0 when it may run."""
        failed = list(self._failed((job,)))
        return max(0.0, failed[0].at + wait_seconds(len(failed)) - now) if failed else 0.0

    def _failed(self, jobs: Collection[str]) -> Iterator[Ended]:
        for run in self.runs:
            if run.job in jobs:
                if run.succeeded:
                    return
                yield run


def history(instance: dg.DagsterInstance, work: str, now: float) -> History:
    """How the latest runs of this work ended. A run that someone cancelled counts as one that failed."""
    records = instance.get_run_records(
        filters=dg.RunsFilter(tags={REFRESH_TAG: work}, statuses=_ENDED), limit=REMEMBERED_RUNS
    )
    return History(
        tuple(
            Ended(record.dagster_run.job_name, record.dagster_run.is_success, record.end_time or now)
            for record in records
        )
    )


def at_work(
    instance: dg.DagsterInstance, beside: Callable[[dg.DagsterRun], bool] = lambda run: False
) -> str | None:
    """What is changing the followed assets already, in words; None when nothing is but runs that may go on `beside`.

    A sensor waits for it, or the same partitions would be refreshed twice. A backfill goes on between its runs as well.
    """
    for backfill in instance.get_backfills(filters=BulkActionsFilter(statuses=_BACKFILL_GOES_ON)):
        if _is_followed(backfill.asset_selection, backfill.job_name):
            return f"Backfill {backfill.backfill_id} goes on; what it leaves stale is followed when it ends."
    for run in instance.get_runs(filters=dg.RunsFilter(statuses=_UNFINISHED), limit=REMEMBERED_RUNS):
        if _is_followed(run.asset_selection, run.job_name) and not beside(run):
            starter = run.tags.get(REFRESH_TAG, "launched by a person")
            return f"Run {run.run_id[:8]} ({starter}) goes on; what it leaves stale is followed when it ends."
    return None


def _is_followed(assets: Collection[dg.AssetKey] | None, job: str | None) -> bool:
    return job not in UNFOLLOWED if assets is None else not FOLLOWED.isdisjoint(assets)


def wait_seconds(failures: int) -> float:
    """How long to wait after so many failures in a row: doubling, up to ten minutes."""
    return float(min(FIRST_RETRY_SECONDS * 2 ** min(failures - 1, 10), LONGEST_RETRY_SECONDS))


def ready(
    requests: Collection[dg.RunRequest], past: History, now: float
) -> tuple[list[dg.RunRequest], list[str]]:
    """The requests that may run now, and a word about each job that must wait after a failure."""
    waits = {str(request.job_name): past.wait(str(request.job_name), now) for request in requests}
    words = [f"{job} failed and is tried again in {wait:.0f} s" for job, wait in waits.items() if wait]
    return [request for request in requests if not waits[str(request.job_name)]], words
