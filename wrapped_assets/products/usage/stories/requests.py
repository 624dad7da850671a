"""Requests: how many there were, and the busiest month."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field

from wrapped_assets.product import Count, Edition, Facts, Part, Story, rounded
from wrapped_assets.products.usage.stories.calendar import UNKNOWN
from wrapped_assets.products.usage.stories.calendar import Fields as Days
from wrapped_assets.slides import shapes
from wrapped_assets.slides.fitting import DISPLAY
from wrapped_assets.slides.markup import Markup, el, join
from wrapped_assets.slides.moments import MONTHS, Moment, Slideshow
from wrapped_assets.slides.parts import (
    Look,
    View,
    art,
    comparison,
    figure,
    heading,
    initials,
    sentences,
    words,
)
from wrapped_assets.slides.pictures import Box, Picture, placed
from wrapped_assets.slides.teller import Teller
from wrapped_assets.slides.typesetting import Setter
from wrapped_assets.text.counts import plural

Milliseconds = Annotated[float, Field(ge=0)]


class Requests(Part):
    """API requests of the year, from pipe_stats."""

    total: Count = Field(description="Requests, errors included.")
    errors: Count | None = Field(description=f"Requests whose error flag is 1; {UNKNOWN}.")
    error_rate: Annotated[float, Field(ge=0, le=1)] | None = Field(
        description="errors / total, six decimals, halves up; null without requests or errors."
    )
    bytes_read: Count = Field(description="Bytes read by the requests (sum of read_bytes).")
    rows_read: Count = Field(description="Rows read by the requests (sum of read_rows).")
    result_rows: Count | None = Field(
        description=f"Rows returned by the requests (sum of result_rows); {UNKNOWN}."
    )
    p50_ms: Milliseconds | None = Field(
        description="Milliseconds in which half of the requests were answered: nearest rank, "
        f"top of a duration bucket at most 1 % wide; null without requests, or {UNKNOWN}."
    )
    p95_ms: Milliseconds | None = Field(description="As p50_ms, for 95 % of the requests.")
    p99_ms: Milliseconds | None = Field(description="As p50_ms, for 99 % of the requests.")


class Fields(Part):
    """What the document says of requests, and how fast they were answered."""

    requests: Requests = Field(description="API requests.")


def _fields(facts: Facts, edition: Edition) -> Mapping[str, Any]:
    total, errors = facts["requests"], facts["errors"]
    requests = Requests(
        total=total,
        errors=errors,
        error_rate=None if errors is None or not total else rounded(10**6 * errors, total) / 10**6,
        bytes_read=facts["bytes_read"],
        rows_read=facts["rows_read"],
        result_rows=facts["result_rows"],
        p50_ms=_milliseconds(facts["p50_us"]),
        p95_ms=_milliseconds(facts["p95_us"]),
        p99_ms=_milliseconds(facts["p99_us"]),
    )
    return {"requests": requests}


def _milliseconds(microseconds: int | None) -> float | None:
    return None if microseconds is None else microseconds / 1000


def _words(teller: Teller) -> Moment | None:
    told: Fields = teller.document
    total = told.requests.total
    if not total:
        return None
    return Moment(
        "requests", "Requests", teller.locale.integer(total), plural(total, "API request"),
        (f"{_covered(teller)}, errors included.{_busiest_month(teller)}",),
        comparison=teller.compared(total, "requests"), exact=total,
    )  # fmt: skip


def _covered(teller: Teller) -> str:
    document = teller.document
    is_over = document.through.timetuple().tm_yday == len(document.days)
    return f"All of {document.year}" if is_over else f"{document.year} so far"


def _busiest_month(teller: Teller) -> str:
    """Nothing where only one month had requests: that it was the busiest says nothing."""
    told: Days = teller.document
    busy = [month for month in told.months if month.requests]
    if len(busy) < 2:
        return ""
    best = max(busy, key=lambda month: (month.requests, -month.month))
    name, requests = MONTHS[best.month - 1], teller.locale.integer(best.requests)
    if sum(month.requests == best.requests for month in busy) > 1:
        return f" No month was busier than {name}, with {requests}."
    return f" {name} was the busiest month, with {requests}."


def _slide(view: View) -> Markup:
    moment = view.moment
    return join(
        words(heading(moment), figure(moment), sentences(moment), comparison(moment)),
        el(
            "div",
            art(month_bars(view.show.document), motion="growwiden", class_="columns"),
            initials("by-month"),
            class_="art captioned",
        ),
    )


def month_bars(document: Any) -> Markup:
    """Twelve upright bars, a month each, the busiest in the accent; months that have not begun by `through` are left out."""
    counts = [month.requests for month in document.months[: document.through.month]]
    most = max(counts) or 1
    bars = [(i * 100 + 6, 100 - 100 * n / most, 88, 100 * n / most) for i, n in enumerate(counts)]
    best = counts.index(most) if most in counts else 0
    return shapes.drawing(
        1200,
        100,
        shapes.rects(bars[:best] + bars[best + 1 :], "ink"),
        shapes.rects(bars[best : best + 1], "accent"),
    )


def _picture(show: Slideshow, moment: Moment, setter: Setter, box: Box) -> Markup:
    size = 40 if box.upright else 24
    step = box.width / 12
    letters = (
        setter.text(
            month[0],
            box.x + (i + 0.5) * step - size * setter.fonts.width(month[0], DISPLAY) / 2,
            box.y + box.height - size * 0.2,
            size,
        )
        for i, month in enumerate(MONTHS)
    )
    return join(placed(month_bars(show.document), box.x, box.y, box.width, box.height - size * 1.3), *letters)


STORY = Story(
    "requests",
    columns={"requests": 0, "errors": 0, "bytes_read": 0, "rows_read": 0, "result_rows": 0},
    fields=_fields,
    words=_words,
    look=Look("paper", "bars", "lift", _slide),
    picture=Picture(_picture),
)
