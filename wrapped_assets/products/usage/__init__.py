"""Customers of a data platform: API requests, ingestion and storage of organizations in several regions."""

from wrapped_assets.product import Product
from wrapped_assets.products.usage.document import STORIES, PublishedSummary
from wrapped_assets.products.usage.stories.calendar import skyline

USAGE = Product(
    "usage",
    STORIES,
    PublishedSummary,
    emblem=skyline,
    on_summary_card=(
        "requests",
        "read",
        "calendar",
        "peak",
        "rank",
        "growth",
        "service",
        "storage",
        "ingestion",
    ),
    in_short=("requests", "read", "peak", "pipes", "growth"),
)
