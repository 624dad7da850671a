"""Top pipes: which were asked most."""

from collections.abc import Mapping
from typing import Any

from pydantic import Field

from wrapped_assets.product import Count, Edition, Facts, Name, Part, Story
from wrapped_assets.slides import fitting, shapes
from wrapped_assets.slides.markup import Markup, el, join
from wrapped_assets.slides.moments import Moment, Row
from wrapped_assets.slides.parts import Look, View, art, heading, words
from wrapped_assets.slides.pictures import Picture, listed
from wrapped_assets.slides.teller import Teller
from wrapped_assets.slides.wording import counted


class PipeRequests(Part):
    """One pipe, from pipe_stats."""

    name: Name = Field(description="The pipe's newest name.")
    requests: Count = Field(description="Requests to it.")


class Fields(Part):
    """What the document says of pipes."""

    top_pipes: tuple[PipeRequests, ...] = Field(max_length=5, description="The 5 pipes with most requests.")


def _fields(facts: Facts, edition: Edition) -> Mapping[str, Any]:
    return {"top_pipes": tuple(PipeRequests(**pipe) for pipe in facts["pipes"])}


def _words(teller: Teller) -> Moment | None:
    document: Fields = teller.document
    pipes = document.top_pipes
    if not pipes:
        return None
    most = pipes[0].requests or 1
    rows = tuple(
        Row(pipe.name, counted(pipe.requests, "request", teller.locale), (pipe.requests / most,))
        for pipe in pipes
    )
    return Moment("pipes", "Top pipes", pipes[0].name, "was asked most", rows=rows)


def _slide(view: View) -> Markup:
    moment = view.moment
    return join(
        words(heading(moment), el("p", moment.unit, class_="hidden")),
        el("ol", *(_pipe(place, row) for place, row in enumerate(moment.rows, 1)), class_="art charts"),
    )


def _pipe(place: int, row: Row) -> Markup:
    return el(
        "li",
        el("span", str(place), class_="place", aria_hidden="true"),
        el("bdi", row.name, class_=f"name fit {fitting.name(row.name)}"),
        el("span", row.told, class_="told"),
        art(shapes.bar(*row.parts), motion="widen", class_="line"), class_=f"place{place}",
    )  # fmt: skip


STORY = Story(
    "pipes",
    columns={"pipes": []},
    fields=_fields,
    words=_words,
    look=Look("flame", "bars", "shrink", _slide),
    picture=Picture(listed),
    figure_is_name=True,
)
