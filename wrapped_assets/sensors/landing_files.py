"""Auto-import: notices landing files that the ledger does not hold, for any day, in short ticks.

Each tick lists the newest days, then goes on with older ones in rotation until its time is up. A day
whose listing has the fingerprint it had when the ledger was last seen to hold all of it costs nothing
more. What was requested and did not succeed is noticed again, because the ledger still lacks it.
"""

import hashlib
import json
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

import dagster as dg

from wrapped_assets.assets.common import REFRESH_TAG
from wrapped_assets.families import DIMENSIONS, FAMILIES
from wrapped_assets.jobs import import_landing, refresh_identities
from wrapped_assets.partitions import days
from wrapped_assets.periods import Span
from wrapped_assets.resources.configured import LandingResource
from wrapped_assets.resources.errors import WarehouseBusy, WarehouseMissing
from wrapped_assets.resources.landing_store import LandingObject, LandingStore
from wrapped_assets.resources.warehouse import Warehouse
from wrapped_assets.sensors.runs import in_flight, ranges, retry_at, run_over

NEWEST_DAYS = 3
TICK_SECONDS = 8.0

Known = Callable[[str, Sequence[date] | None], dict[str, str]]


@dataclass
class Cursor:
    """What the sensor remembers: the fingerprint of each settled listing, and where the rotation stands."""

    settled: dict[str, str] = field(default_factory=dict)
    position: str = ""
    failures: int = 0
    not_before: float = 0.0

    @classmethod
    def load(cls, text: str | None) -> "Cursor":
        """The cursor of the last tick, or a fresh one."""
        return cls(**json.loads(text)) if text else cls()

    def dump(self) -> str:
        """The cursor as text for Dagster."""
        return json.dumps(self.__dict__, separators=(",", ":"), sort_keys=True)


def fingerprint(listing: Iterable[LandingObject]) -> str:
    """Sixteen hex digits that change when any object of a listing is added, changed or removed."""
    text = "\n".join(f"{item.key}\t{item.etag}" for item in sorted(listing))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def rotation(folders: Sequence[date], position: str) -> list[date]:
    """The newest days first, then the older ones downwards from where the last tick stopped."""
    newest = list(reversed(folders[-NEWEST_DAYS:]))
    older = list(reversed(folders[:-NEWEST_DAYS]))
    after = [day for day in older if day.isoformat() < position] if position else older
    before = [day for day in older if day not in after]
    return newest + after + before


def days_with_news(
    store: LandingStore, known: Known, cursor: Cursor, calendar: Span, deadline: Callable[[], bool]
) -> tuple[set[date], int, int]:
    """Days with files that the ledger does not hold; how many days were looked at and how many there are.

    Changes the cursor: settled days are remembered, and the position for the next tick.
    """
    folders = {family: set(store.days(family).days) for family in FAMILIES}
    every = sorted({day for found in folders.values() for day in found if day in calendar})
    news: set[date] = set()
    looked = 0
    for number, day in enumerate(rotation(every, cursor.position)):
        if number >= NEWEST_DAYS and deadline():
            break
        looked += 1
        for family in FAMILIES:
            if day in folders[family] and _has_news(store, known, cursor, family, day):
                news.add(day)
        cursor.position = day.isoformat() if number >= NEWEST_DAYS else cursor.position
    return news, looked, len(every)


def _has_news(store: LandingStore, known: Known, cursor: Cursor, family: str, day: date) -> bool:
    listing = store.list_day(family, day)
    mark, place = fingerprint(listing), f"{family}/{day}"
    if cursor.settled.get(place) == mark:
        return False
    ledger = known(family, [day])
    if any(ledger.get(item.key) != item.etag for item in listing):
        return True
    cursor.settled[place] = mark
    return False


def dimensions_with_news(store: LandingStore, known: Known, cursor: Cursor) -> list[str]:
    """Dimensions with snapshots that the ledger does not hold."""
    found = []
    for name in DIMENSIONS:
        listing = store.list_dimension(name)
        mark = fingerprint(listing)
        if cursor.settled.get(name) == mark:
            continue
        ledger = known(name, None)
        if any(ledger.get(item.key) != item.etag for item in listing):
            found.append(name)
        else:
            cursor.settled[name] = mark
    return found


@dg.sensor(
    name="landing_files",
    jobs=[import_landing, refresh_identities],
    default_status=dg.DefaultSensorStatus.RUNNING,
    minimum_interval_seconds=10,
    description="Imports every landing file the ledger does not hold, whatever its day.",
)
def landing_files(
    context: dg.SensorEvaluationContext,
    landing_store: LandingResource,
    warehouse: dg.ResourceParam[Warehouse],
) -> dg.SensorResult | dg.SkipReason:
    cursor = Cursor.load(context.cursor)
    now = time.time()
    if running := in_flight(context.instance, "import"):
        return dg.SkipReason(f"Run {running} is still importing.")
    cursor.failures, cursor.not_before = retry_at(context.instance, "import", now)
    if now < cursor.not_before:
        return dg.SkipReason(f"The last import failed; it is tried again in {cursor.not_before - now:.0f} s.")
    store = landing_store.store()
    until = time.monotonic() + TICK_SECONDS
    try:
        with warehouse.reading(patience=0) as reader:
            known = reader.known
            return _decide(store, known, cursor, lambda: time.monotonic() > until)
    except WarehouseMissing:
        return _decide(store, lambda family, days: {}, cursor, lambda: time.monotonic() > until)
    except WarehouseBusy:
        return dg.SkipReason(
            "Another run is writing the warehouse; the ledger is looked at again when it is done."
        )


def _decide(
    store: LandingStore, known: Known, cursor: Cursor, deadline: Callable[[], bool]
) -> dg.SensorResult:
    today = datetime.now(UTC).date()
    first = date.fromisoformat(days.get_partition_keys()[0])
    calendar = Span(first, max(today, first).fromordinal(max(today, first).toordinal() + 1))
    news, looked, total = days_with_news(store, known, cursor, calendar, deadline)
    names = dimensions_with_news(store, known, cursor)
    requests = [run_over("import_landing", span, "import") for span in ranges(news)]
    if names:
        requests.append(dg.RunRequest(job_name="refresh_identities", tags={REFRESH_TAG: "import"}))
    if not requests:
        reason = f"No file is new: {looked} of {total} days below {store.url} looked at in this tick."
        return dg.SensorResult(skip_reason=reason, cursor=cursor.dump())
    return dg.SensorResult(run_requests=requests, cursor=cursor.dump())
