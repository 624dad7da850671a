"""Requests by region: in the document only, with no slide."""

from collections.abc import Mapping
from typing import Any

from pydantic import Field

from wrapped_assets.product import Count, Edition, Facts, Name, Part, Story


class RegionRequests(Part):
    """One region, from pipe_stats."""

    region: Name = Field(description="The region's public name.")
    requests: Count = Field(description="Requests logged there.")


class Fields(Part):
    """What the document says of regions."""

    regions: tuple[RegionRequests, ...] = Field(max_length=20, description="Requests by region, most first.")


def _fields(facts: Facts, edition: Edition) -> Mapping[str, Any]:
    return {"regions": tuple(RegionRequests(**region) for region in facts["regions"])}


STORY = Story("regions", columns={"regions": []}, fields=_fields)
