"""Ingestion: what was written, and by which kinds of operations."""

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import Field

from wrapped_assets.product import Count, Edition, Facts, Name, Part, Story
from wrapped_assets.slides.markup import Markup, join
from wrapped_assets.slides.moments import Moment, Row
from wrapped_assets.slides.numbers import scaled, size
from wrapped_assets.slides.parts import Look, View, bars, comparison, figure, heading, sentences, words
from wrapped_assets.slides.pictures import Picture, has_rows, listed
from wrapped_assets.slides.teller import Teller
from wrapped_assets.slides.wording import roughly


class EventType(Part):
    """One kind of data source operation, from ingestion."""

    event_type: Name = Field(description="The kind, such as append or replace.")
    bytes: Count = Field(description="Bytes written by operations of this kind (sum of written_bytes).")
    rows: Count = Field(description="Rows written by operations of this kind (sum of written_rows).")
    operations: Count = Field(description="Operations of this kind.")


class Ingestion(Part):
    """Data source operations of the year, from ingestion."""

    bytes: Count = Field(description="Bytes written (sum of written_bytes).")
    rows: Count = Field(description="Rows written (sum of written_rows).")
    operations: Count = Field(description="Operations of every kind.")
    top_event_types: tuple[EventType, ...] = Field(max_length=3, description="The 3 kinds with most bytes.")


class Fields(Part):
    """What the document says of ingestion."""

    ingestion: Ingestion | None = Field(description="What was written; null without an operation this year.")


def _fields(facts: Facts, edition: Edition) -> Mapping[str, Any]:
    if not facts["ingestion_operations"]:
        return {"ingestion": None}
    ingestion = Ingestion(
        bytes=facts["ingestion_bytes"],
        rows=facts["ingestion_rows"],
        operations=facts["ingestion_operations"],
        top_event_types=tuple(EventType(**kind) for kind in facts["event_types"]),
    )
    return {"ingestion": ingestion}


def _words(teller: Teller) -> Moment | None:
    document: Fields = teller.document
    written = document.ingestion
    if written is None:
        return None
    number, unit = scaled(written.bytes, teller.locale)
    operations = roughly(written.operations, "operation", teller.locale)
    return Moment(
        "ingestion", "Ingestion", number, f"{unit} written",
        (f"{roughly(written.rows, 'row', teller.locale)} in {operations}.",), tuple(_rows(teller, written.top_event_types)),
        teller.compared(written.rows, "rows"),
    )  # fmt: skip


def _rows(teller: Teller, kinds: tuple[EventType, ...]) -> Iterable[Row]:
    most = max((kind.bytes for kind in kinds), default=0) or 1
    for kind in kinds:
        operations = roughly(kind.operations, "operation", teller.locale)
        yield Row(kind.event_type, f"{size(kind.bytes, teller.locale)} in {operations}", (kind.bytes / most,))


def _slide(view: View) -> Markup:
    moment = view.moment
    return join(
        words(heading(moment), figure(moment), sentences(moment), comparison(moment)),
        bars(moment.rows) if moment.rows else None,
    )


STORY = Story(
    "ingestion",
    columns={"ingestion_bytes": 0, "ingestion_rows": 0, "ingestion_operations": 0, "event_types": []},
    fields=_fields,
    words=_words,
    look=Look("sea", "bars", "lift", _slide),
    picture=Picture(listed, has_rows),
)
