"""The API's own requests as landing files of `pipe_stats`, so that Wrapped can wrap itself.

Each is a row of the organization and region `wrapped_api`: its workspaces are the tokens' names, its pipes the endpoints
and pages. No customer's numbers change by being looked at.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import groupby
from typing import TYPE_CHECKING
from uuid import uuid4

from wrapped_assets.landing.layout import day_prefix, dimension_prefix
from wrapped_assets.product import Request

if TYPE_CHECKING:
    import pyarrow as pa

NAME = "wrapped_api"
"""The organization and the region that these requests belong to."""

# pyarrow is imported where the log is on only: it takes a third of a second.


def files(requests: Sequence[Request], exported_at: datetime) -> "Iterator[tuple[str, pa.Table]]":
    """The keys and rows of landing files that hold these requests, one a day."""
    for day, some in groupby(sorted(requests), lambda request: request.at.astimezone(UTC).date()):
        key = f"{day_prefix('pipe_stats', day)}region={NAME}/requests.{uuid4().hex}.parquet"
        yield key, _events(list(some), exported_at)


def names(exported_at: datetime) -> "tuple[str, pa.Table]":
    """The key and row of the snapshot that names the organization; it is the same for ever."""
    import pyarrow as pa

    row = {"organization_id": NAME, "name": "Wrapped API", "exported_at": exported_at}
    schema = pa.schema(
        [(name, pa.string()) for name in ("organization_id", "name", "customer_id", "customer_name")]
        + [("exported_at", pa.timestamp("us", "UTC"))]
    )
    key = f"{dimension_prefix('organizations')}region={NAME}/snapshot.parquet"
    return key, pa.Table.from_pylist([row], schema)


def _events(requests: Sequence[Request], exported_at: datetime) -> "pa.Table":
    import pyarrow as pa

    schema = {
        "start_datetime": pa.timestamp("ms", "UTC"),
        "organization_id": pa.string(),
        "workspace_id": pa.string(),
        "pipe_id": pa.string(),
        "pipe_name": pa.string(),
        "request_id": pa.string(),
        "status_code": pa.int32(),
        "error": pa.int8(),
        "duration": pa.float64(),
        "read_bytes": pa.uint64(),
        "read_rows": pa.uint64(),
        "result_rows": pa.uint64(),
        "cpu_time": pa.float64(),
        "method": pa.string(),
        "region": pa.string(),
        "exported_at": pa.timestamp("us", "UTC"),
    }
    rows = [_event(each, exported_at) for each in requests]
    return pa.Table.from_pylist([dict(zip(schema, row, strict=True)) for row in rows], pa.schema(schema))


def _event(request: Request, exported_at: datetime) -> tuple[object, ...]:
    """The columns of a landing row, in the order above."""
    at, caller, place, id, status, seconds, bytes_read, rows_read, rows, cpu_seconds, method = request
    at = at.replace(microsecond=at.microsecond // 1000 * 1000)
    asked = at, NAME, caller, place, place, id, status, int(status >= 400)
    return *asked, seconds, bytes_read, rows_read, rows, cpu_seconds, method, NAME, exported_at
