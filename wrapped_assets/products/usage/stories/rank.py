"""Rank: the part of all customers that sent fewer requests, counted exactly."""

from collections.abc import Mapping
from typing import Any

from pydantic import Field

from wrapped_assets.product import Edition, Facts, Part, Story
from wrapped_assets.slides import shapes
from wrapped_assets.slides.markup import Markup, join
from wrapped_assets.slides.moments import Moment, Slideshow
from wrapped_assets.slides.parts import Look, View, art, figure, heading, sentences, words
from wrapped_assets.slides.pictures import Picture, whole
from wrapped_assets.slides.teller import Teller

SMALLEST_COHORT = 100  # among fewer customers a rank would say something about each of the others

FLATTERING = 50
"""Percent of the customers from which on a rank is told."""


class Rank(Part):
    """The customer among all with a request this year (the cohort), counted exactly, from pipe_stats."""

    percentile: int = Field(
        ge=0, le=99, description="Percent of the cohort with strictly fewer requests, rounded down."
    )
    cohort_size: int = Field(ge=SMALLEST_COHORT, description="Customers with a request, this one included.")


class Fields(Part):
    """What the document says of the customer among others."""

    rank: Rank | None = Field(description="Null without requests, or when fewer than 100 customers had any.")


def _fields(facts: Facts, edition: Edition) -> Mapping[str, Any]:
    cohort = facts["cohort_size"]
    if not facts["requests"] or cohort < SMALLEST_COHORT:
        return {"rank": None}
    return {"rank": Rank(percentile=100 * facts["fewer"] // cohort, cohort_size=cohort)}


def _words(teller: Teller) -> Moment | None:
    document: Fields = teller.document
    rank = document.rank
    if rank is None or rank.percentile < FLATTERING:
        return None
    return Moment(
        "rank", "Rank", f"{rank.percentile}\u00a0%", "of customers sent fewer requests",
        (f"Among {teller.locale.integer(rank.cohort_size)} customers with a request in {teller.document.year}.",),
    )  # fmt: skip


def _slide(view: View) -> Markup:
    moment = view.moment
    return join(
        words(heading(moment), figure(moment), sentences(moment)),
        art(_crowd(view.show), motion="grow"),
    )


def _crowd(show: Slideshow) -> Markup:
    return crowd(show.document.rank.percentile)


def crowd(percentile: int) -> Markup:
    """A hundred strokes, one for each percent of the customers: those with fewer requests, the customer, the others."""
    strokes = [(i + 0.16, 30.0, 0.68, 70.0) for i in range(100)]
    return shapes.drawing(
        100, 100, shapes.rects(strokes[:percentile], "ink"),
        shapes.rects([(percentile + 0.02, 0.0, 0.96, 100.0)], "accent"), shapes.rects(strokes[percentile + 1 :], "soft"),
    )  # fmt: skip


STORY = Story(
    "rank",
    fields=_fields,
    words=_words,
    look=Look("sun", "bars", "lift", _slide),
    picture=Picture(whole(lambda show, moment: _crowd(show))),
)
