"""Customers of a data platform: API requests, ingestion and storage of organizations in several regions."""

from wrapped_assets.product import CustomerProduct, FlatSummary, OwnRequests
from wrapped_assets.products.usage import (
    document,
    endpoints,
    families,
    flat_summary,
    main_numbers,
    own_requests,
)
from wrapped_assets.products.usage.stories.calendar import skyline

USAGE = CustomerProduct(
    "usage",
    families.FAMILIES,
    families.DIMENSIONS,
    document.STORIES,
    document.PublishedSummary,
    document.Summary,
    document.document,
    document.totals,
    main_numbers.main_numbers,
    FlatSummary(flat_summary.COLUMNS, flat_summary.Totals, flat_summary.row),
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
    part_kinds=endpoints.PART_KINDS,
    endpoints=endpoints.ENDPOINTS,
    own_requests=OwnRequests(own_requests.files, own_requests.names),
)
