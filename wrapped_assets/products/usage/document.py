"""The summary document: one customer's year as the world may see it (schema version 2), put together from its stories.

How the integers are counted is SQL's business; nothing here reads a table, a clock or the environment. A document is a
pure function of (facts, edition), so building it again gives the same bytes.

The schemas are made by: python -m wrapped_assets.products.usage.document docs
"""

import datetime as dt
import json
import sys
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field

from wrapped_assets.product import ContradictoryFacts, Edition, Facts, Instant, Part, as_json
from wrapped_assets.products.usage.stories import (
    calendar,
    growth,
    ingestion,
    opening,
    peak,
    pipes,
    rank,
    read,
    regions,
    requests,
    service,
    share,
    storage,
    workspaces,
)

SCHEMA_VERSION: Literal[2] = 2

WrappedId = Annotated[
    str, Field(pattern=r"^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$")
]

STORIES = (
    opening.STORY,
    requests.STORY,
    calendar.STORY,
    peak.STORY,
    read.STORY,
    service.STORY,
    storage.STORY,
    ingestion.STORY,
    workspaces.STORY,
    pipes.STORY,
    rank.STORY,
    growth.STORY,
    regions.STORY,
    share.STORY,
)
"""In the order they are told."""


class _Head(Part):
    """What every document begins with."""

    year: int = Field(description="The calendar year summed up, in UTC.")
    through: Instant = Field(description="The last instant covered, UTC.")
    generated_at: Instant = Field(description="When the newest data in it was exported, UTC.")
    schema_version: Literal[1, 2] = Field(
        description="Version of this schema; documents of version 1 stand until their edition is published again."
    )


class PublishedSummary(
    # The fields of a document in the order of the JSON, from the last to the first: pydantic begins with the last base.
    rank.Fields,
    growth.Fields,
    regions.Fields,
    pipes.Fields,
    workspaces.Fields,
    ingestion.Fields,
    storage.Fields,
    calendar.Fields,
    peak.Fields,
    requests.Fields,
    _Head,
):
    """One customer's year, as whoever has its address may see it. Integers are exact and may pass 2^53, where JSON.parse starts to round."""

    def to_json(self) -> bytes:
        """The published bytes, the same on every machine. `model_validate_json` of the same class reads them back."""
        return as_json(self.model_dump(mode="json"))


class Summary(PublishedSummary):
    """One customer's year, and whose it is. Integers are exact and may pass 2^53, where JSON.parse starts to round."""

    wrapped_id: WrappedId = Field(description="The customer's public identity, a version 8 UUID.")

    def to_json(self) -> bytes:
        """What operators and programs with a token see: the identity, then the published fields."""
        fields = self.model_dump(mode="json")
        return as_json({"wrapped_id": fields.pop("wrapped_id"), **fields})

    def published(self) -> PublishedSummary:
        """The document without its customer's identity, which leads to more than the page shows."""
        return PublishedSummary.model_construct(
            **{name: getattr(self, name) for name in PublishedSummary.model_fields}
        )


SCHEMAS: dict[str, type[PublishedSummary]] = {
    "summary.schema.json": Summary,
    "published.schema.json": PublishedSummary,
}
"""The files in docs/ that say what a document looks like."""


def json_schema(model: type[PublishedSummary] = Summary) -> dict[str, Any]:
    """The JSON Schema of a document."""
    schema = model.model_json_schema(mode="serialization")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def document(facts: Facts, edition: Edition) -> Summary:
    """The summary these facts make in this edition; ContradictoryFacts when they cannot all be true."""
    for what, seen, expected in chain(_wrong_times(facts, edition), _wrong_sums(facts)):
        raise ContradictoryFacts(facts, what, seen, expected)
    # An edition that was computed before a story was added has no facts for it, and its documents say nothing of it.
    told = [story for story in STORIES if story.columns.keys() <= facts.keys()]
    fields = [story.fields(facts, edition) for story in told if story.fields]
    return Summary(
        wrapped_id=facts["wrapped_id"],
        year=facts["year"],
        through=edition.through,
        generated_at=edition.generated_at,
        schema_version=SCHEMA_VERSION,
        **{name: value for part in fields for name, value in part.items()},
    )


def totals(summary: Summary) -> dict[str, int]:
    """What a document adds to the totals of a publication; of errors, those that are known."""
    requests, ingestion, storage = summary.requests, summary.ingestion, summary.storage
    return {
        "customers": 1,
        "requests": requests.total,
        "errors": requests.errors or 0,
        "bytes_read": requests.bytes_read,
        "rows_read": requests.rows_read,
        "ingestion_bytes": ingestion.bytes if ingestion else 0,
        "ingestion_rows": ingestion.rows if ingestion else 0,
        "storage_bytes": storage.bytes if storage else 0,
        "storage_rows": storage.rows if storage else 0,
    }


def _wrong_times(facts: Facts, edition: Edition) -> Iterator[tuple[str, object, object]]:
    year = facts["year"]
    if edition.year != year:
        yield "Year of the edition", edition.year, year
    if edition.through.astimezone(dt.UTC).year > year:
        yield "Last instant covered", edition.through, f"one before {year + 1}"
    for day in facts["days"]:
        if day["day"].year != year:
            yield "Day", day["day"], f"one in {year}"


def _wrong_sums(facts: Facts) -> Iterator[tuple[str, object, object]]:
    days, hours = facts["days"], facts["hours"]
    for what, seen, expected in (
        ("Requests over all days", sum(day["requests"] for day in days), facts["requests"]),
        ("Errors over all days", calendar.sum_of_known(day["errors"] for day in days), facts["errors"]),
        ("Requests over all hours", sum(hour["requests"] for hour in hours), facts["requests"]),
    ):
        if seen != expected:
            yield what, seen, expected
    totals = facts["requests"], facts["bytes_read"], facts["ingestion_bytes"]
    rest = workspaces.outside(facts["workspaces"], *totals)
    for what, left in zip(("Requests", "Bytes read", "Bytes written"), rest, strict=True):
        if left < 0:
            yield f"{what} over the top workspaces", f"{-left} more than in all", "no more"


if __name__ == "__main__":
    for name, model in SCHEMAS.items():
        Path(sys.argv[1], name).write_text(json.dumps(json_schema(model), indent=2) + "\n")
