"""Steps in the pipeline: what the sensors ask for, and what people do by hand. Each says in words what it did."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import dagster as dg

from tests.simulation.graph import YEARS, Task, run_of, tasks_of
from tests.simulation.process import Process, calendar, store_of
from wrapped_assets.periods import Span
from wrapped_assets.resources.errors import WarehouseMissing
from wrapped_assets.sensors.follow_changes import due, next_runs, stale
from wrapped_assets.sensors.landing_files import Known, Listings, News, news, next_imports
from wrapped_assets.sensors.runs import Ended, History, ready

JOBS = (
    "build_days",
    "refresh_days",
    "refresh_raw",
    "refresh_hours_and_days",
    "refresh_weeks",
    "refresh_months",
)


@dataclass
class Daemon:
    """Dagster's daemon: what its sensors remember between ticks, and how runs ended."""

    process: Process
    listings: Listings = field(default_factory=Listings)
    position: str = ""
    past: dict[str, list[Ended]] = field(default_factory=lambda: {"import": [], "follow": []})
    live_day_refreshed: datetime | None = None

    def history(self, work: str) -> History:
        """How the latest runs of this work ended."""
        return History(tuple(self.past[work]))

    def to_import(self, days: Span, looks: int = 1000, now: datetime | None = None) -> list[dg.RunRequest]:
        """What the import sensor would ask for, when it has time for so many looks at a folder."""
        left = iter(range(looks))
        try:
            with self.process.reading() as reader:
                found = self._news(reader.known, days, lambda: next(left, None) is None)
        except WarehouseMissing:
            self.listings.marks.clear()
            found = self._news(lambda source, days: {}, days, lambda: next(left, None) is None)
        self.position = found.position
        return next_imports(found, (now or self.process.now).date(), self.history("import"))

    def _news(self, known: Known, days: Span, is_late: Callable[[], bool]) -> News:
        return news(store_of(self.process.world), known, days, self.position, is_late, self.listings)

    def to_follow(self, days: Span, live_day_refreshed: datetime | None = None) -> list[dg.RunRequest]:
        """What the follow-up sensor would ask for."""
        try:
            with self.process.reading() as reader:
                found = stale(reader, self.process.now)
        except WarehouseMissing:
            return []
        return next_runs(due(found, days, self.process.now, live_day_refreshed), self.history("follow"))

    def run(self, work: str, request: dg.RunRequest) -> str:
        """Run what was asked for and remember how it ended; a death is remembered by whoever comes next."""
        job, now = str(request.job_name), self.process.now.timestamp()
        self.past[work].insert(0, Ended(job, False, now))
        tasks = tasks_of(request)
        failed = self.process.do(tasks)
        self.past[work][0] = Ended(job, not failed, now)
        today = self.process.now.date()
        if any(task.layer == "raw" and today in task.days and task.name not in failed for task in tasks):
            self.live_day_refreshed = self.process.now
        return f"{job}{' failed: ' + str(failed) if failed else ''}"


def the_import_sensor_ticks(daemon: Daemon, dice: random.Random) -> str:
    """It looks at some days, and its runs are run."""
    now = daemon.process.now
    requests = daemon.to_import(calendar(now), dice.choice((1, 4, 1000)))
    requests, waits = ready(requests, daemon.history("import"), now.timestamp())
    return "; ".join([daemon.run("import", request) for request in requests] + waits) or "nothing is new"


def the_follow_up_sensor_ticks(daemon: Daemon, dice: random.Random) -> str:
    """It asks the warehouse what is stale, and its runs are run."""
    now = daemon.process.now
    requests = daemon.to_follow(calendar(now), daemon.live_day_refreshed)
    requests, waits = ready(requests, daemon.history("follow"), now.timestamp())
    return "; ".join([daemon.run("follow", request) for request in requests] + waits) or "nothing is stale"


def some_days(process: Process, dice: random.Random) -> Span:
    """A range of days in which something may have happened."""
    held = [
        key.split("/")[1].removeprefix("dt=")
        for key in process.world.keys("pipe_stats", "ingestion", "storage")
    ]
    days = sorted(date.fromisoformat(text) for text in held) or [process.now.date()]
    first, last = sorted((dice.choice(days), dice.choice(days)))
    return Span(first, last + timedelta(days=1))


def days_are_backfilled(process: Process, dice: random.Random) -> str:
    """A person launches a backfill of a job: everything in the range is rebuilt."""
    job, days = dice.choice(JOBS), some_days(process, dice)
    return _told(job, days, process.do(run_of(job, days, full=True)))


def a_layer_is_refreshed(process: Process, dice: random.Random) -> str:
    """A person materializes one asset, out of any order."""
    days, full = some_days(process, dice), dice.random() < 0.3
    job = dice.choice((*JOBS, "refresh_identities", "refresh_editions"))
    task = dice.choice(run_of(job, days, full=full))
    return _told(f"{task.name}{' in full' if full else ''}", days, process.do([task]))


def everything_is_rebuilt(process: Process, dice: random.Random) -> str:
    """`wrapped build --full`."""
    return _told("all", YEARS, process.do(rebuild(process)))


def rebuild(process: Process) -> list[Task]:
    """The steps of `wrapped build --full` itself, in its order, without the build that follows it."""
    days = Span(date(2024, 1, 1), max(process.now.date(), date(2026, 1, 1)) + timedelta(days=1))
    jobs = ("build_days", "refresh_weeks", "refresh_months", "refresh_identities", "refresh_editions")
    return [task for job in jobs for task in run_of(job, days, full=True)]


def two_runs_race(process: Process, dice: random.Random) -> str:
    """Two runs for the same days whose steps take turns with the warehouse, in any order."""
    days = some_days(process, dice)
    runs = [run_of(dice.choice(JOBS), days, full=dice.random() < 0.3) for _ in range(2)]
    failed: list[dict[str, str]] = [{}, {}]
    turns = [0] * len(runs[0]) + [1] * len(runs[1])
    dice.shuffle(turns)
    for turn in turns:
        process.do_next(runs[turn].pop(0), failed[turn])
    return f"{len(turns)} steps, {len(failed[0]) + len(failed[1])} failed"


def some_year(process: Process, dice: random.Random) -> int:
    """A year of the calendar, mostly the running one or the one before."""
    return max(process.now.year - dice.choice((0, 0, 1, 1, 2)), 2024)


def the_secret_is_changed(process: Process, dice: random.Random) -> str:
    """As docs/operations.md says: another secret, and then everybody's identity is made again."""
    process.secret = f"another secret of 32 bytes, number {dice.randrange(10**6)}".encode()
    process.owes_identities = True
    return "identities are made again when everything comes to rest"


def an_edition_is_frozen(process: Process, dice: random.Random) -> str:
    """A year is named in WRAPPED_FROZEN_EDITIONS; it freezes as soon as its summaries are refreshed."""
    year = some_year(process, dice)
    process.frozen.setdefault(year, process.now)
    return f"{year}, since {process.frozen[year]}"


def _told(what: str, days: Span, failed: dict[str, str]) -> str:
    return f"{what}, {days.start} to {days.end}{' failed: ' + str(failed) if failed else ''}"
