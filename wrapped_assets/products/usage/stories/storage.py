"""Storage: what is kept at the last reading of the year, and the largest data source."""

from collections.abc import Mapping
from typing import Any

from pydantic import Field

from wrapped_assets.product import Count, Edition, Facts, Name, Part, Story
from wrapped_assets.slides import shapes
from wrapped_assets.slides.markup import NOTHING, Markup, el, join
from wrapped_assets.slides.moments import Moment, Row, Slideshow
from wrapped_assets.slides.numbers import scaled, share, size
from wrapped_assets.slides.parts import Look, View, area, comparison, figure, heading, named, sentences, words
from wrapped_assets.slides.pictures import Box, Picture, has_rows, noted
from wrapped_assets.slides.teller import Teller
from wrapped_assets.slides.typesetting import Setter
from wrapped_assets.slides.wording import roughly


class LargestDatasource(Part):
    """The data source with most bytes at its last reading of the year, from storage."""

    name: Name = Field(description="The data source's newest name.")
    bytes: Count = Field(description="Its bytes at its last reading.")
    rows: Count = Field(description="Its rows at its last reading.")


class Storage(Part):
    """What is kept: the last reading of the year of each data source, summed, from storage."""

    bytes: Count = Field(description="Bytes kept.")
    rows: Count = Field(description="Rows kept.")
    largest_datasource: LargestDatasource | None = Field(description="The largest of them by bytes.")


class Fields(Part):
    """What the document says of storage."""

    storage: Storage | None = Field(description="What is kept; null without a reading this year.")


def _fields(facts: Facts, edition: Edition) -> Mapping[str, Any]:
    kept, rows, largest = facts["storage_bytes"], facts["storage_rows"], facts["largest_datasource"]
    if kept is None or rows is None:
        return {"storage": None}
    named = LargestDatasource(**largest) if largest else None
    return {"storage": Storage(bytes=kept, rows=rows, largest_datasource=named)}


def _words(teller: Teller) -> Moment | None:
    document: Fields = teller.document
    kept = document.storage
    if kept is None or not kept.bytes:
        return None
    number, unit = scaled(kept.bytes, teller.locale)
    rows: tuple[Row, ...] = ()
    if kept.largest_datasource is not None:
        largest = kept.largest_datasource
        told = f"{size(largest.bytes, teller.locale)}, {share(largest.bytes, kept.bytes, teller.locale)} of it all"
        rows = (Row(largest.name, told, (largest.bytes / kept.bytes,)),)
    return Moment(
        "storage", "Storage", number, f"{unit} kept",
        (f"{roughly(kept.rows, 'row', teller.locale)} at the last reading.",), rows,
        teller.compared(kept.bytes, "bytes"),
    )  # fmt: skip


def _slide(view: View) -> Markup:
    moment = view.moment
    largest = next(iter(moment.rows), None)
    label = (
        el("div", el("p", "Largest data source", class_="told"), named(largest.name), el("p", largest.told, class_="told"), class_="said largest", data_motion="rise")
        if largest else None
    )  # fmt: skip
    return join(
        words(heading(moment), figure(moment), sentences(moment), label, comparison(moment)),
        area(corner(*largest.parts), "The field: all bytes kept. In its corner: the largest data source.")
        if largest
        else None,
    )


def corner(part: float) -> Markup:
    """A part of a whole as a rectangle in its corner, by area."""
    side = 100 * part**0.5
    return shapes.drawing(
        100, 100, shapes.rects([(0, 0, 100, 100)], "soft"),
        el("g", shapes.rects([(0, 100 - side, side, side)], "accent"), data_motion="corner"),
    )  # fmt: skip


def _picture(show: Slideshow, moment: Moment, setter: Setter, box: Box) -> Markup:
    """The largest data source in the field of all bytes kept."""
    if not moment.rows:
        return NOTHING
    note = "Field: all bytes kept. In its corner: the largest data source."
    return noted(corner(moment.rows[0].parts[0]), note, setter, box)


STORY = Story(
    "storage",
    columns={"storage_bytes": None, "storage_rows": None, "largest_datasource": None},
    fields=_fields,
    words=_words,
    look=Look("rose", "corners", "shrink", _slide),
    picture=Picture(_picture, has_rows),
)
