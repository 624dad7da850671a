"""Day by day: every day of the year, how many of them had requests, and the longest run of those."""

import datetime as dt
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import Any

from pydantic import Field

from wrapped_assets.product import Count, Edition, Facts, Part, Story
from wrapped_assets.slides import shapes
from wrapped_assets.slides.markup import Markup, el, join
from wrapped_assets.slides.moments import MONTHS, Moment, Slideshow
from wrapped_assets.slides.parts import Look, View, art, figure, heading, initials, sentences, words
from wrapped_assets.slides.pictures import Box, Picture, placed
from wrapped_assets.slides.teller import Teller
from wrapped_assets.slides.typesetting import Setter
from wrapped_assets.slides.wording import counted
from wrapped_assets.text.counts import plural

UNKNOWN = "null when one of them does not say"

LEVELS = 4
"""Steps of the heat map above zero, by rank among the active days: the busiest day, and whatever equals it, has the last one."""


class Month(Part):
    """One calendar month, in UTC, from pipe_stats."""

    month: int = Field(ge=1, le=12, description="1 is January.")
    requests: Count = Field(description="Requests in the month.")
    errors: Count | None = Field(description=f"Those of them whose error flag is 1; {UNKNOWN}.")


class Fields(Part):
    """What the document says of days and months."""

    active_days: int = Field(ge=0, le=366, description="Days with at least one request.")
    longest_streak_days: int = Field(ge=0, le=366, description="Longest run of active days inside the year.")
    months: tuple[Month, ...] = Field(min_length=12, max_length=12, description="January to December.")
    days: tuple[Count, ...] = Field(
        min_length=365, max_length=366, description="Requests per day of the year."
    )


def _fields(facts: Facts, edition: Edition) -> Mapping[str, Any]:
    daily = every_day(facts)
    return {
        "active_days": sum(1 for requests in daily if requests),
        "longest_streak_days": max(
            (len([*run]) for active, run in groupby(daily, bool) if active), default=0
        ),
        "months": _months(facts),
        "days": tuple(daily),
    }


def every_day(facts: Facts) -> list[int]:
    """The requests of each day of the year."""
    year = facts["year"]
    first = dt.date(year, 1, 1)
    daily = [0] * ((dt.date(year, 12, 31) - first).days + 1)
    for day in facts["days"]:
        daily[(day["day"] - first).days] += day["requests"]
    return daily


def sum_of_known(numbers: Iterable[int | None]) -> int | None:
    """Their sum; None when one of them is unknown."""
    total = 0
    for number in numbers:
        if number is None:
            return None
        total += number
    return total


def _months(facts: Facts) -> tuple[Month, ...]:
    by_month: list[list[dict[str, Any]]] = [[] for _ in range(12)]
    for day in facts["days"]:
        by_month[day["day"].month - 1].append(day)
    return tuple(
        Month(
            month=number,
            requests=sum(day["requests"] for day in days),
            errors=sum_of_known(day["errors"] for day in days),
        )
        for number, days in enumerate(by_month, start=1)
    )


def _words(teller: Teller) -> Moment | None:
    told: Fields = teller.document
    if not told.active_days:
        return None
    covered = teller.document.through.timetuple().tm_yday
    return Moment(
        "calendar", "Day by day", teller.locale.integer(told.active_days),
        f"active {plural(told.active_days, 'day')} of {covered}",
        (f"Longest streak: {counted(told.longest_streak_days, 'day', teller.locale)} in a row.",), exact=told.active_days,
    )  # fmt: skip


def _slide(view: View) -> Markup:
    moment = view.moment
    scale = [el("i", class_=f"level{level}") for level in range(LEVELS + 1)]
    legend = el("p", "fewer", el("span", *scale, aria_hidden="true"), "more requests", class_="legend")
    return join(
        words(heading(moment), figure(moment), sentences(moment)),
        art(
            initials("months"),
            art(punch_card(view.show.document), motion="wipe", class_="card"),
            legend,
            class_="art calendar",
        ),
    )


def punch_card(document: Any) -> Markup:
    """Twelve rows of up to 31 cells, darker where there were more requests; days after `through` are left out."""
    cells: list[list[shapes.Box]] = [[] for _ in range(LEVELS + 1)]
    ranked = sorted(filter(None, document.days))
    for i, requests in enumerate(document.days[: document.through.timetuple().tm_yday]):
        day = dt.date(document.year, 1, 1) + dt.timedelta(i)
        level = _level(requests, ranked)
        cells[level].append(((day.day - 1) * 10 + 0.7, (day.month - 1) * 10 + 0.9, 8.6, 8.2))
    return shapes.drawing(
        310, 120, *(shapes.rects(of_level, f"level{level}") for level, of_level in enumerate(cells))
    )


def _level(requests: int, ranked: list[int]) -> int:
    if not requests:
        return 0
    return LEVELS if requests == ranked[-1] else 1 + LEVELS * bisect_left(ranked, requests) // len(ranked)


def _picture(show: Slideshow, moment: Moment, setter: Setter, box: Box) -> Markup:
    """The year's days with the months' initials beside them."""
    size = 32 if box.upright else 20
    step, left = box.height / 12, size * 1.3
    letters = (
        setter.text(month[0], box.x, box.y + (i + 0.5) * step + size * 0.35, size)
        for i, month in enumerate(MONTHS)
    )
    drawn = placed(punch_card(show.document), box.x + left, box.y, box.width - left, box.height)
    return join(drawn, *letters)


def skyline(document: Fields) -> Markup | None:
    """A silhouette of the year, a step a day, as high as its requests; None without any."""
    most = max(document.days)
    if not most:
        return None
    heights = (max(100 * requests / most, 0.6) if requests else 0 for requests in document.days)
    steps = "".join(f"V{100 - height:.5g}h1" for height in heights)
    return shapes.drawing(len(document.days), 100, el("path", class_="ink", d=f"M0 100{steps}V100z"))


STORY = Story(
    "calendar",
    fields=_fields,
    words=_words,
    look=Look("sea", "lines", "lift", _slide),
    picture=Picture(_picture),
)
