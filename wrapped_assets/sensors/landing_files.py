"""Auto-import: notices landing files that the ledger does not hold, for any day, in short ticks.

Each tick lists the newest days, then goes on with older ones in rotation until its time is up, or half of many are
done: listing them is most of what an idle instance costs. A day whose listing has the mark it had when the ledger was last seen to hold all of it costs nothing
more. What was requested and did not succeed is noticed again, because the ledger still lacks it.
"""

import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cache

import dagster as dg

from wrapped_assets.assets.common import REFRESH_TAG
from wrapped_assets.landing.objects import LandingObject, mark_of
from wrapped_assets.landing.store import LandingStore
from wrapped_assets.periods import Span
from wrapped_assets.products import DIMENSIONS, FAMILIES
from wrapped_assets.resources.errors import WarehouseBusy, WarehouseMissing
from wrapped_assets.resources.open import open_landing, open_warehouse
from wrapped_assets.resources.unrecognized import at_top, folders, in_words
from wrapped_assets.resources.warehouse import Reader
from wrapped_assets.sensors.jobs import DAY_LAYERS, build_days, import_landing, refresh_identities
from wrapped_assets.sensors.runs import History, at_work, calendar, history, ranges, ready, run_over
from wrapped_assets.settings import Settings

NEWEST_DAYS = 3
TICK_SECONDS = 8.0
# In how many ticks the older days are gone through when there is time, and up to how many of them in one.
TICKS = 2
FEW_DAYS = 100
# A warehouse may be replaced by another: the ledger is asked again after so long.
BELIEVED_SECONDS = 3600.0

Known = Callable[[str, Sequence[date] | None], dict[str, str]]


@dataclass
class Listings:
    """Marks of listings that the ledger was seen to hold, each with the time it was last asked.

    Kept by the process that evaluates the sensor, not in Dagster's cursor: every tick is stored with its
    cursor, and a year of marks (50 kB) that often is gigabytes a week. Without them a tick only costs more.
    """

    marks: dict[str, tuple[int, float]] = field(default_factory=dict)
    warned: set[str] = field(default_factory=set)
    """Unrecognized places that were logged: once each, while the process lives."""

    def lacks(self, known: Known, source: str, day: date | None, objects: Sequence[LandingObject]) -> bool:
        """Whether the ledger lacks any of these objects in its present version; asked only when it did not lately hold this listing."""
        mark, place, now = mark_of(objects), f"{source}/{day}", time.monotonic()
        seen, asked_at = self.marks.get(place, (-1, 0.0))
        if seen == mark and now < asked_at + BELIEVED_SECONDS:
            return False
        ledger = known(source, [day] if day else None)
        if any(ledger.get(item.key) != item.etag for item in objects):
            return True
        self.marks[place] = mark, now
        return False


@dataclass
class News:
    """What a tick found, how far it came, where the next one goes on, and what nothing will ever import."""

    days: set[date] = field(default_factory=set)
    families: set[str] = field(default_factory=set)
    dimensions: list[str] = field(default_factory=list)
    looked: int = 0
    total: int = 0
    position: str = ""
    unrecognized: dict[str, str] = field(default_factory=dict)

    @property
    def is_new(self) -> bool:
        """Whether there is anything to import."""
        return bool(self.days or self.dimensions)


def rotation(folders: Sequence[date], position: str) -> list[date]:
    """The newest days first, then the older ones downwards from where the last tick stopped."""
    newest = list(reversed(folders[-NEWEST_DAYS:]))
    older = list(reversed(folders[:-NEWEST_DAYS]))
    after = [day for day in older if day.isoformat() < position or not position]
    return newest + after + older[: len(older) - len(after)]


def news(
    store: LandingStore,
    known: Known,
    calendar: Span,
    position: str = "",
    is_late: Callable[[], bool] = lambda: False,
    listings: Listings | None = None,
    ticks: int = 1,
) -> News:
    """What landed that the ledger does not hold: all of it, or what was found before `is_late`, or in one of so many ticks."""
    listings = listings or Listings()
    found = News(position=position, unrecognized=at_top(store))
    days = {}
    for family in FAMILIES:
        seen = folders(store, family, calendar)
        days[family] = set(seen.days)
        found.unrecognized |= seen.skipped
    every = sorted(set().union(*days.values()))
    found.total = len(every)
    enough = NEWEST_DAYS + max(FEW_DAYS, -(-found.total // ticks))
    for day in rotation(every, position):
        # One older day at least, or a slow store would never get to it.
        if found.looked >= enough or (found.looked > NEWEST_DAYS and is_late()):
            break
        for family in (family for family in days if day in days[family]):
            listing = store.list_day(family, day)
            found.unrecognized |= listing.skipped
            if listings.lacks(known, family, day, listing.objects):
                found.days.add(day)
                found.families.add(family)
        found.looked += 1
        if found.looked > NEWEST_DAYS:
            found.position = day.isoformat()
    for name in DIMENSIONS:
        snapshots = store.list_dimension(name)
        found.unrecognized |= snapshots.skipped
        if listings.lacks(known, name, None, snapshots.objects):
            found.dimensions.append(name)
    return found


def next_imports(found: News, today: date, past: History) -> list[dg.RunRequest]:
    """The runs that import what is new.

    Days that are over are merged and rolled up in the same run, because each run costs seconds to start. Today
    is imported only: its merge waits for the next half hour. So is everything after a failure, so that a day
    that cannot be merged delays no import.
    """
    families = found.families
    import_only = ("import_landing", ["landing"])
    job, layers = import_only if past.failures("build_days") else ("build_days", ["landing", *DAY_LAYERS])
    requests = []
    if today in found.days:
        requests.append(run_over("import_landing", Span.day(today), "import", ["landing"], families))
    requests += [run_over(job, span, "import", layers, families) for span in ranges(found.days - {today})]
    if found.dimensions:
        requests.append(dg.RunRequest(job_name="refresh_identities", tags={REFRESH_TAG: "import"}))
    return requests


_listings = Listings()


@dg.sensor(
    name="landing_files",
    jobs=[import_landing, build_days, refresh_identities],
    default_status=dg.DefaultSensorStatus.RUNNING,
    # The daemon looks at its sensors every 5 s; a little less than four rounds, and no fourth one is missed.
    minimum_interval_seconds=19,
    description="Imports every landing file the ledger does not hold, whatever its day.",
)
def landing_files(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
    now, position = datetime.now(UTC), context.cursor or ""
    try:
        found = _look(now, position)
        _warn(context, found)
        if not found.is_new:
            return _skip(found, "No file is new:")
        # Dagster's records are left alone until there is work: opening them is most of a tick's price.
        if busy := at_work(context.instance, beside=lambda run: run.tags.get(REFRESH_TAG) == "follow"):
            return dg.SkipReason(busy)
        # Once more: a run that ended in between may have imported it.
        found = _look(now, position)
    except WarehouseBusy:
        return dg.SkipReason(
            "Another run is writing the warehouse; the ledger is looked at again when it is done."
        )
    past = history(context.instance, "import", time.time())
    requests, waits = ready(next_imports(found, now.date(), past), past, now.timestamp())
    if requests:
        return dg.SensorResult(run_requests=requests, cursor=found.position)
    return _skip(found, f"{'; '.join(waits)}," if waits else "No file is new:")


def _warn(context: dg.SensorEvaluationContext, found: News) -> None:
    """Log each unrecognized place once."""
    if unheard := {key: why for key, why in found.unrecognized.items() if key not in _listings.warned}:
        context.log.warning(f"{in_words(unheard)} All of it lies below {open_landing(Settings.load()).url}.")
        _listings.warned |= unheard.keys()


def _look(now: datetime, position: str) -> News:
    """What landed that the ledger does not hold, as far as one tick comes."""
    settings, until = Settings.load(), time.monotonic() + TICK_SECONDS
    store = open_landing(settings)

    def look(known: Known) -> News:
        return news(store, known, calendar(now), position, lambda: time.monotonic() > until, _listings, TICKS)

    try:
        with ExitStack() as opened:

            @cache
            def reader() -> Reader:
                # Opened when a listing is new: a third of what a tick costs that finds nothing.
                return opened.enter_context(open_warehouse(settings).reading(patience=0))

            return look(lambda source, days: reader().known(source, days))
    except WarehouseMissing:
        forget_listings()
        return look(lambda source, days: {})


def forget_listings() -> None:
    """There is no warehouse: whatever was seen in its ledger is to be imported again."""
    _listings.marks.clear()


def _skip(found: News, why: str) -> dg.SensorResult:
    place = open_landing(Settings.load()).url
    seen = f"{found.looked} of {found.total} days below {place} looked at in this tick."
    return dg.SensorResult(
        skip_reason=f"{why} {seen} {in_words(found.unrecognized)}".rstrip(), cursor=found.position
    )
