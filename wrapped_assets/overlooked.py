"""What lies in landing and no import will ever look at: unknown names, names that are no day, days outside the calendar.

Nothing is lost silently: the sensor names these places when it has nothing to do, and a check warns of them.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta

from wrapped_assets.families import SOURCES
from wrapped_assets.periods import Span
from wrapped_assets.resources.landing_store import (
    LandingObject,
    LandingStore,
    LandingStoreError,
    UnreadableName,
)

SHOWN = 5


@dataclass
class Folders:
    """The days of one family to look at, and what is overlooked beside them: place by place, with the reason."""

    days: list[date] = field(default_factory=list)
    overlooked: dict[str, str] = field(default_factory=dict)


def strangers(store: LandingStore) -> dict[str, str]:
    """What lies at the top of landing and is no folder of a family or dimension, with the reason."""
    try:
        found, files = store.top()
    except LandingStoreError as error:
        return {"/": _first_line(error)}
    reason = f"is no folder of a family or dimension: {', '.join(SOURCES)}"
    return dict.fromkeys((found - SOURCES.keys()) | files, reason)


def folders(store: LandingStore, family: str, calendar: Span) -> Folders:
    """The folders of a family that lie inside the calendar, ascending, and all that does not."""
    found = Folders()
    try:
        seen = store.days(family)
    except UnreadableName as error:
        return Folders([], {family: _first_line(error)})
    for name in seen.strangers:
        found.overlooked[f"{family}/{name}"] = "is no folder of a day, dt=YYYY-MM-DD"
    for day in seen.days:
        if day in calendar:
            found.days.append(day)
        else:
            last = calendar.end - timedelta(days=1)
            reason = f"lies outside the calendar, which runs from {calendar.start} to {last}"
            found.overlooked[f"{family}/dt={day}"] = reason
    return found


def listing(
    store: LandingStore, family: str, day: date, overlooked: dict[str, str]
) -> list[LandingObject] | None:
    """The files of a day; None, and the reason noted, when a name in its folder stops every listing of it."""
    try:
        return store.list_day(family, day)
    except UnreadableName as error:
        overlooked[f"{family}/dt={day}"] = _first_line(error)
        return None


def told(overlooked: dict[str, str]) -> str:
    """The overlooked places in a sentence or two; empty when there are none."""
    if not overlooked:
        return ""
    shown = "; ".join(f"{place} {reason}" for place, reason in sorted(overlooked.items())[:SHOWN])
    more = f"; and {len(overlooked) - SHOWN} more" if len(overlooked) > SHOWN else ""
    return f"Not looked at: {shown}{more}."


def _first_line(error: LandingStoreError) -> str:
    seen = str(error).splitlines()[1].strip().rstrip(".")
    return f"cannot be listed: {seen[0].lower()}{seen[1:]}"
