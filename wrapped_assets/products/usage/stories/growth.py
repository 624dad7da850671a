"""Against last year: the months that both years have whole, side by side."""

import calendar
import datetime as dt
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field

from wrapped_assets.product import Count, Edition, Facts, Part, Story, rounded, utc_milliseconds
from wrapped_assets.slides import fitting, shapes
from wrapped_assets.slides.fitting import TEXT
from wrapped_assets.slides.markup import Markup, el, join
from wrapped_assets.slides.moments import MONTHS, Moment, Row, Slideshow
from wrapped_assets.slides.parts import Look, View, art, figure, heading, words
from wrapped_assets.slides.pictures import Box, Picture, placed
from wrapped_assets.slides.teller import Teller
from wrapped_assets.slides.typesetting import Setter
from wrapped_assets.slides.wording import against

# A customer's year that begins in the first days of a month, or ends in as many last ones, has all of that month.
DAYS_AT_AN_END = 7

MonthNumber = Annotated[int, Field(ge=1, le=12)]


class ComparedMonths(Part):
    """The months that two years are compared by: those that both have whole, from pipe_stats."""

    first_month: MonthNumber = Field(
        description="The month of the customer's first request in either year, whichever is later; the one after it when that was after the 7th."
    )
    last_month: MonthNumber = Field(
        description="The month of the customer's last request in either year, whichever is earlier; the one before it when 7 days of that "
        "month or more follow it, or when `through` has not reached its end."
    )
    previous_requests: int = Field(ge=1, description="Requests in these months of the year before.")
    requests: Count = Field(description="Requests in these months of the year.")


class PreviousYear(Part):
    """The year before, from the same tables."""

    requests: int = Field(ge=1, description="Requests in the year before.")
    change_pct: Annotated[float, Field(ge=-100)] | None = Field(
        description="Percent by which requests changed in the compared months, one decimal, halves away from zero; null without any."
    )
    compared: ComparedMonths | None = Field(
        default=None,  # it is not in documents of schema version 1
        description="What change_pct compares; null when no month that both years have whole had a request in the year before.",
    )


class Fields(Part):
    """What the document says of the year before."""

    previous_year: PreviousYear | None = Field(description="Null when the customer had no request that year.")


def _fields(facts: Facts, edition: Edition) -> Mapping[str, Any]:
    before = facts["previous_requests"]
    if not before:
        return {"previous_year": None}
    compared = _compared(facts, edition)
    change = _change_pct(compared)
    return {"previous_year": PreviousYear(requests=before, change_pct=change, compared=compared)}


def _change_pct(compared: ComparedMonths | None) -> float | None:
    if compared is None:
        return None
    before = compared.previous_requests
    return rounded(1000 * (compared.requests - before), before) / 10


def _compared(facts: Facts, edition: Edition) -> ComparedMonths | None:
    """The part of the two years that is like for like; None when the year before has nothing in it."""
    months = {dt.date.fromisoformat(row["first_day"]): row["requests"] for row in facts["previous_months"]}
    days = {day["day"]: day["requests"] for day in facts["days"]}
    if not months or not days:
        return None
    began, ended = _whole_months(min(months), dt.date.fromisoformat(facts["previous_last_day"]))
    begins, ends = _whole_months(min(days), max(days))
    first, last = max(began, begins), min(ended, ends, _last_month_reached(edition))
    before = sum(requests for day, requests in months.items() if first <= day.month <= last)
    if not before:
        return None
    now = sum(requests for day, requests in days.items() if first <= day.month <= last)
    return ComparedMonths(first_month=first, last_month=last, previous_requests=before, requests=now)


def _whole_months(first: dt.date, last: dt.date) -> tuple[int, int]:
    """The months that a customer's year has whole, by the days of its first and last request: outside them, exports may be missing."""
    _, length = calendar.monthrange(last.year, last.month)
    return first.month + (first.day > DAYS_AT_AN_END), last.month - (length - last.day >= DAYS_AT_AN_END)


def _last_month_reached(edition: Edition) -> int:
    """The last month of the year that the edition covers to its last millisecond; 0 when it covers none."""
    after = utc_milliseconds(edition.through) + dt.timedelta(milliseconds=1)
    return after.month - 1 if after.year == edition.year else 12


def _words(teller: Teller) -> Moment | None:
    document: Fields = teller.document
    year, previous = teller.document.year, document.previous_year
    if previous is None or previous.compared is None:
        return None
    months, before, now = previous.compared, previous.compared.previous_requests, previous.compared.requests
    change, unit = against(_span(year - 1, months), before, now, teller.locale)
    return Moment(
        "growth", "Against last year", change, unit,
        rows=tuple(
            Row(_span(which, months, briefly=True), teller.locale.integer(requests), (requests / max(before, now),))
            for which, requests in ((year - 1, before), (year, now))
        ),
    )  # fmt: skip


def _span(year: int, months: ComparedMonths, briefly: bool = False) -> str:
    """Some months of a year: "2024" when it is all of them, "January to July 2024", or with three letters each."""
    if (months.first_month, months.last_month) == (1, 12):
        return str(year)
    names = [MONTHS[number - 1] for number in sorted({months.first_month, months.last_month})]
    told = "–".join(name[:3] for name in names) if briefly else " to ".join(names)
    return f"{told} {year}"


def _slide(view: View) -> Markup:
    moment = view.moment
    return join(
        words(heading(moment), figure(moment)),
        el(
            "ul",
            *(
                el(
                    "li",
                    art(pillar, motion="growwiden", class_="pillar"),
                    el("span", row.name),
                    el("strong", row.told, class_=f"fit {fitting.one_line(row.told)}"),
                )
                for row, pillar in zip(moment.rows, _pillars(moment), strict=True)
            ),
            class_="art years",
        ),
    )


def _pillars(moment: Moment) -> list[Markup]:
    """Two upright bars, each a drawing of its own, so that words can stand under them."""
    before, now = (row.parts[0] for row in moment.rows)
    return [
        shapes.drawing(10, 100, shapes.striped(0, 100 - 100 * before, 10, 100 * before)),
        shapes.drawing(10, 100, shapes.rects([(0, 100 - 100 * now, 10, 100 * now)], "accent")),
    ]


def _picture(show: Slideshow, moment: Moment, setter: Setter, box: Box) -> Markup:
    size = 56 if box.upright else 32
    half = (box.width - 24) / 2
    parts = []
    for i, (row, pillar) in enumerate(zip(moment.rows, _pillars(moment), strict=True)):
        x = box.x + i * (half + 24)
        told = setter.fitted(row.told, half, size)
        parts += [
            placed(pillar, x, box.y, half, box.height - size * 2.6),
            setter.text(row.name, x, box.y + box.height - size * 1.5, size * 0.6, TEXT),
            setter.text(told.text, x, box.y + box.height - size * 0.3, told.size),
        ]
    return join(*parts)


STORY = Story(
    "growth",
    columns={"previous_requests": None, "previous_months": [], "previous_last_day": None},
    fields=_fields,
    words=_words,
    look=Look("leaf", "corners", "lift", _slide),
    picture=Picture(_picture),
)
