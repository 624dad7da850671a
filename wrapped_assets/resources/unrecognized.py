"""What lies in landing and is not imported: unknown names, names that are no day, days outside the calendar, and what a listing skipped.

Nothing is lost silently: the sensor names these places when it has nothing to do, and a check warns of them.
"""

from collections.abc import Collection, Mapping
from datetime import date, timedelta

from wrapped_assets.landing import layout
from wrapped_assets.landing.objects import DayFolders
from wrapped_assets.landing.store import LandingStore, LandingStoreError
from wrapped_assets.periods import Span
from wrapped_assets.products import SOURCES

SHOWN = 5


def at_top(store: LandingStore) -> dict[str, str]:
    """What lies at the top of landing and is no folder of a family or dimension, with the reason."""
    try:
        names = store.top()
    except LandingStoreError as error:
        # A bucket's policy may allow the families' prefixes only.
        seen = str(error).splitlines()[1].strip().rstrip(".")
        return {"/": f"cannot be listed: {seen[0].lower()}{seen[1:]}"}
    reason = f"is no folder of a family or dimension: {', '.join(SOURCES)}"
    return dict.fromkeys((names.folders - SOURCES.keys()) | names.files, reason) | names.skipped


def folders(store: LandingStore, family: str, calendar: Span) -> DayFolders:
    """The folders of a family that lie inside the calendar, ascending, and all that does not."""
    seen, last = store.days(family), calendar.end - timedelta(days=1)
    reason = f"lies outside the calendar, which runs from {calendar.start} to {last}"
    outside = {f"{family}/dt={day}": reason for day in seen.days if day not in calendar}
    return DayFolders([day for day in seen.days if day in calendar], seen.skipped | outside)


def skipped(store: LandingStore, *sources: str) -> dict[str, str]:
    """What listings of these families and dimensions skip, at any depth, with the reason."""
    pages = (page for source in sources for page in store.pages(source))
    return {place: reason for page in pages for place, reason in page.skipped.items()}


def not_imported(
    store: LandingStore, source: str, days: Collection[date] | None, known: Mapping[str, str]
) -> dict[str, str]:
    """What listings skip, and the files of these folder days that the ledger does not hold; of a dimension `days` is None."""
    found: dict[str, str] = {}
    wanted = None if days is None else set(days)
    for page in store.pages(source):
        found |= page.skipped
        for item in page.objects:
            day = layout.day_of_folder(item.key.split("/")[1])
            if known.get(item.key) != item.etag and (wanted is None or day in wanted):
                found[item.key] = "landed just now, or cannot be read"
    return found


def in_words(unrecognized: dict[str, str]) -> str:
    """The unrecognized places in a sentence or two, and how many; empty when there are none."""
    if not unrecognized:
        return ""
    shown = "; ".join(f"{place} {reason}" for place, reason in sorted(unrecognized.items())[:SHOWN])
    more = f"; and {len(unrecognized) - SHOWN} more" if len(unrecognized) > SHOWN else ""
    return f"Not imported ({len(unrecognized)}): {shown}{more}."
