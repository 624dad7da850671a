"""The peak day, beside the median of the active days; the busiest weekday and hour."""

import datetime as dt
from collections.abc import Mapping
from fractions import Fraction
from statistics import median
from typing import Any, Literal, get_args

from pydantic import Field

from wrapped_assets.product import Count, Edition, Facts, Part, Story
from wrapped_assets.products.usage.stories.calendar import every_day
from wrapped_assets.slides import fitting, shapes
from wrapped_assets.slides.fitting import TEXT
from wrapped_assets.slides.markup import Markup, el, join
from wrapped_assets.slides.moments import Moment, Slideshow, day_and_month, day_then_month
from wrapped_assets.slides.parts import Look, View, art, heading, sentences, words
from wrapped_assets.slides.pictures import Box, Picture, placed
from wrapped_assets.slides.teller import Teller
from wrapped_assets.slides.typesetting import Setter
from wrapped_assets.slides.wording import beside_the_median, busiest, counted, one_weekday_leads

Weekday = Literal["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]


class PeakDay(Part):
    """The day with most requests, the earliest of equals, from pipe_stats."""

    date: dt.date = Field(description="The day, in UTC.")
    requests: Count = Field(description="Requests on that day.")


class PeakHour(Part):
    """The hour of the day with most requests over the whole year, the lowest of equals, from pipe_stats."""

    hour_of_day: int = Field(ge=0, le=23, description="The hour, 0 to 23, in UTC.")
    requests: Count = Field(description="Requests in that hour, all days of the year together.")


class Fields(Part):
    """What the document says of peaks."""

    peak_day: PeakDay | None = Field(description="The busiest day; null without requests.")
    peak_hour: PeakHour | None = Field(description="The busiest hour of the day; null without requests.")
    busiest_weekday: Weekday | None = Field(
        description="Weekday with most requests over the year, Monday first of equals; null without requests."
    )


def _fields(facts: Facts, edition: Edition) -> Mapping[str, Any]:
    year, daily = facts["year"], every_day(facts)
    peak = peak_day({dt.date(year, 1, 1) + dt.timedelta(i): requests for i, requests in enumerate(daily)})
    return {
        "peak_day": peak and PeakDay(date=peak[0], requests=peak[1]),
        "peak_hour": _peak_hour(facts),
        "busiest_weekday": _busiest_weekday(year, daily),
    }


def peak_day(requests: Mapping[dt.date, int]) -> tuple[dt.date, int] | None:
    """The day with most requests, the earliest of equals; None without requests."""
    most = max(requests.values(), default=0)
    return (min(day for day, count in requests.items() if count == most), most) if most else None


def _peak_hour(facts: Facts) -> PeakHour | None:
    if not facts["requests"]:
        return None
    return PeakHour(**max(facts["hours"], key=lambda hour: (hour["requests"], -hour["hour_of_day"])))


def _busiest_weekday(year: int, daily: list[int]) -> Weekday | None:
    starts_on = dt.date(year, 1, 1).weekday()
    totals = [sum(daily[(weekday - starts_on) % 7 :: 7]) for weekday in range(7)]
    return get_args(Weekday)[totals.index(max(totals))] if any(totals) else None


def _words(teller: Teller) -> Moment | None:
    told: Fields = teller.document
    peak, days = told.peak_day, teller.document.days
    if peak is None or told.peak_hour is None:
        return None
    weekday = told.busiest_weekday if one_weekday_leads(days) else None
    return Moment(
        "peak", "Peak day", day_and_month(peak.date),
        counted(peak.requests, "request", teller.locale),
        (beside_the_median(days, teller.locale), busiest(weekday, told.peak_hour.hour_of_day)),
        pieces=day_then_month(peak.date),
    )  # fmt: skip


def _slide(view: View) -> Markup:
    moment = view.moment
    day, month = moment.pieces
    return join(
        words(
            heading(moment),
            el("p", el("span", day, class_=f"fit {fitting.one_line(day, 1.2)}", data_motion="count"), el("span", f" {month}", class_="month"), class_="figure leaf"),
            el("p", moment.unit, class_="unit", data_motion="rise"),
            sentences(moment),
        ),
        el("div", art(_bars(view.show), motion="growwiden"),
           el("p", el("span", "median active day"), el("span", "peak day"), class_="twice"), class_="art captioned"),
    )  # fmt: skip


def _bars(show: Slideshow) -> Markup:
    """The median active day and the peak day as upright bars, to scale."""
    active = [*filter(None, show.document.days)]
    height = float(100 * median(map(Fraction, active)) / max(active))
    return shapes.drawing(
        100,
        100,
        shapes.striped(4, 100 - height, 42, height),
        shapes.rects([(54, 0, 42, 100)], "accent"),
    )


def _picture(show: Slideshow, moment: Moment, setter: Setter, box: Box) -> Markup:
    size = 30 if box.upright else 20
    captions = (
        setter.text(caption, box.x + part * box.width, box.y + box.height - size * 0.3, size, TEXT)
        for caption, part in (("median active day", 0.04), ("peak day", 0.54))
    )
    return join(placed(_bars(show), box.x, box.y, box.width, box.height - size * 1.5), *captions)


STORY = Story(
    "peak",
    columns={"hours": []},
    fields=_fields,
    words=_words,
    look=Look("sun", "bars", "lift", _slide),
    picture=Picture(_picture),
)
