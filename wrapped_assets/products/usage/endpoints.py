"""What the API answers about customers: the endpoints in the order they are listed, and the parts that answers are added up from.

The statements are in `sql/products/usage/endpoints/`.
"""

from datetime import UTC, datetime
from pathlib import Path

from wrapped_assets.product import Endpoint, Parameter, PartKind
from wrapped_assets.products.usage import flat_summary

PART_KINDS = (
    PartKind(
        "requests",
        "pipe_stats",
        "requests",
        id="workspace_id",
        amount="requests",
        errors="errors",
        bytes="read_bytes",
        rows="read_rows",
        by_day=True,
    ),
    PartKind(
        "operations",
        "ingestion",
        "operations",
        id="workspace_id",
        label="event_type",
        amount="operations",
        errors="failures",
        bytes="written_bytes",
        rows="written_rows",
    ),
    PartKind(
        "sizes",
        "storage",
        "sizes",
        id="datasource_id",
        label="datasource_name",
        amount="readings",
        bytes="bytes",
        rows="rows",
        last_at="last_at",
    ),
)

CUSTOMERS_AND_DAYS = (
    Parameter(
        "wrapped_id",
        "String",
        "Public ids of the customers, separated by commas; together they are one answer.",
    ),
    Parameter("year", "Int32", "The edition asked.", "published"),
    Parameter("start_date", "Date", "First day, UTC.", "start of the year"),
    Parameter("end_date", "Date", "The day after the last one, UTC.", "end of the year"),
)
LIMIT = Parameter("limit", "Int32", "At most so many rows.", "10")


def _endpoint(name: str, description: str, *more: Parameter) -> Endpoint:
    return Endpoint.of("usage", name, description, *CUSTOMERS_AND_DAYS, *more)


ENDPOINTS = (
    Endpoint(
        "wrapped_pipe_stats_summary",
        "The year of one or several customers in one row: requests, bytes, peak day, storage, ingestion, top lists.",
        CUSTOMERS_AND_DAYS,
        updated_at=datetime.fromtimestamp(Path(flat_summary.__file__).stat().st_mtime, UTC),
    ),
    _endpoint(
        "wrapped_requests_by_day",
        "Requests and errors of each day that has any, all workspaces together, in the order of the days. `errors` is null when one of "
        "the requests does not say whether it failed.",
    ),
    _endpoint(
        "wrapped_requests_by_month",
        "Requests, errors and what they read, for each month that has any, in the order of the months. A month that lies only partly in "
        "the days asked for counts those days. `errors` is null when one of the requests does not say whether it failed.",
    ),
    _endpoint("wrapped_top_datasources", "The largest data sources at the last reading of each.", LIMIT),
    _endpoint(
        "wrapped_top_workspaces",
        "The workspaces with most requests, with what they read and wrote. `errors` is null when one of the requests does not say whether it "
        "failed.",
        LIMIT,
    ),
)
