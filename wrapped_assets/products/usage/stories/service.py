"""Reliability and speed: how many requests failed, and how fast they were answered."""

from wrapped_assets.product import Story
from wrapped_assets.products.usage.stories.requests import Fields
from wrapped_assets.slides import shapes
from wrapped_assets.slides.markup import Markup, el, join
from wrapped_assets.slides.moments import Moment, Row
from wrapped_assets.slides.numbers import milliseconds, share
from wrapped_assets.slides.parts import Look, View, art, figure, heading, sentences, words
from wrapped_assets.slides.pictures import Picture, has_rows, listed
from wrapped_assets.slides.teller import Teller


def _words(teller: Teller) -> Moment | None:
    """Whether requests failed and how fast they were; what is unknown of the two is not told."""
    document: Fields = teller.document
    told, rows = document.requests, _speeds(teller)
    if told.errors is None or not told.total:
        if not rows:
            return None
        return Moment("service", "Speed", rows[0].told, "or less for half of the requests", rows=rows)
    answered = share(told.total - told.errors, told.total, teller.locale, 2)
    errors = f"{teller.locale.integer(told.errors)} of {teller.locale.integer(told.total)} failed."
    return Moment(
        "service", "Reliability and speed" if rows else "Reliability", answered, "answered without error",
        (errors if told.errors else "Not one request failed.",), rows,
    )  # fmt: skip


def _speeds(teller: Teller) -> tuple[Row, ...]:
    document: Fields = teller.document
    told = document.requests
    percentiles = {"Half": told.p50_ms, "95 %": told.p95_ms, "99 %": told.p99_ms}
    longest = told.p99_ms or 1.0
    return tuple(
        Row(f"{part} within", "\u00a0".join(milliseconds(value, teller.locale)), (value / longest,))
        for part, value in percentiles.items()
        if value is not None
    )


def _slide(view: View) -> Markup:
    moment = view.moment
    lines = [
        el(
            "li",
            el("span", row.name),
            el("strong", row.told),
            art(shapes.bar(*row.parts), motion="spin", class_="line"),
        )
        for row in moment.rows
    ]
    return join(
        words(heading(moment), figure(moment), sentences(moment)),
        el("ul", *lines, class_="art lines") if lines else None,
    )


STORY = Story(
    "service",
    columns={"p50_us": None, "p95_us": None, "p99_us": None},
    words=_words,
    look=Look("leaf", "lines", "lift", _slide),
    picture=Picture(listed, has_rows),
)
