"""A region's own ClickHouse: asked for Parquet, which streams into a file piece by piece, and never written to.

What a window holds is written in sql/products/<product>/clickhouse/exports/. A Parquet file ends in its table of contents, which
the server sends last: whatever breaks off before it cannot be taken for a whole answer.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any, cast

import pyarrow as pa
import pyarrow.parquet as pq
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import ClickHouseError
from urllib3 import BaseHTTPResponse
from urllib3.exceptions import HTTPError

from wrapped_assets.products import EXPORTED, FAMILIES, SOURCES
from wrapped_assets.regions import regional_troubles
from wrapped_assets.regions.database import Exported
from wrapped_assets.resources.clickhouse import sql
from wrapped_assets.resources.clickhouse.connection import Limits, server_client
from wrapped_assets.settings.address import Address

PIECE_BYTES = 1024 * 1024

# Row groups of the size that DuckDB writes: the server holds a few of them, whatever the size of the day.
_FORMAT: dict[str, Any] = {
    "output_format_parquet_row_group_size": 122_880,
    "output_format_parquet_compression_method": "zstd",
    "output_format_parquet_string_as_string": 1,
}


@dataclass(frozen=True)
class ClickHouseRegion:
    """One region's database on a ClickHouse server."""

    region: str
    address: Address = field(repr=False)
    limits: Limits = field(default_factory=Limits)

    def export(
        self, family: str, start: datetime, end: datetime, exported_at: datetime, folder: Path
    ) -> Iterator[Exported]:
        """The rows of [start, end) as one Parquet file a day below `folder`, each gone when the next is asked for."""
        with self.connection() as client:
            for day, since, until in _days(start, end):
                path = folder / f"{day}.parquet"
                rows = self._stream(client, family, self._values(since, until, exported_at), path)
                if rows:
                    yield Exported(day, [path], rows)
                path.unlink()

    def holds_rows(self, start: datetime, end: datetime) -> bool:
        """Whether any family has a row of [start, end)."""
        statements = (sql.export(family) for family in FAMILIES.values() if family.name in EXPORTED)
        values = self._values(start, end, end)
        with self.connection() as client, self._troubles():
            return any(
                client.query(f"select 1 from ({statement}) limit 1", parameters=values).result_rows
                for statement in statements
            )

    def _values(self, start: datetime, end: datetime, exported_at: datetime) -> dict[str, str]:
        return {
            "region": self.region,
            "exported_at": _text(exported_at, "milliseconds"),
            "since": _text(start, "microseconds"),
            "until": _text(end, "microseconds"),
        }

    def snapshot(self, dimension: str, exported_at: datetime, path: Path) -> int:
        """Write the whole dimension as it is now to one Parquet file; returns its row count."""
        with self.connection() as client:
            return self._stream(client, dimension, {"exported_at": _text(exported_at, "milliseconds")}, path)

    @contextmanager
    def connection(self) -> Iterator[Client]:
        """A client that may only read, closed whatever happens; raises RegionUnavailable for what the server says."""
        with self._troubles():
            client = server_client(self.address, {})
            try:
                client.database = self.address.database
                for name, value in (self.limits.settings() | _FORMAT | {"readonly": 1}).items():
                    known = client.server_settings.get(name)
                    # What this user may not change stays as its profile has it: with `readonly = 1` that is everything.
                    if known and not known.readonly:
                        client.set_client_setting(name, value)
                yield client
            finally:
                with suppress(ClickHouseError):
                    client.close()

    def _stream(self, client: Client, statement: str, values: Mapping[str, str], path: Path) -> int:
        """Write the answer to a question to a file, a piece at a time in memory; returns its row count."""
        with self._troubles(path):
            answer = cast(
                BaseHTTPResponse,
                client.raw_stream(
                    sql.export(SOURCES[statement]),
                    parameters=dict(values),
                    fmt="Parquet",
                ),
            )
            try:
                with path.open("wb") as file:
                    for piece in answer.stream(PIECE_BYTES):
                        file.write(piece)
            finally:
                answer.close()
            return int(pq.read_metadata(path).num_rows)

    @contextmanager
    def _troubles(self, path: Path | None = None) -> Iterator[None]:
        """Say in this project's words what the driver reports; `path` is what had been written by then."""
        try:
            yield
        except (ClickHouseError, HTTPError, pa.ArrowInvalid) as error:
            raise regional_troubles.explained(self.region, self.address.place, error, path) from error


def _days(start: datetime, end: datetime) -> Iterator[tuple[date, datetime, datetime]]:
    """The days that a window touches, in UTC, each with its part of the window."""
    day = start.astimezone(UTC).date()
    while (midnight := datetime.combine(day, time(), UTC)) < end:
        yield day, max(start, midnight), min(end, midnight + timedelta(days=1))
        day += timedelta(days=1)


def _text(moment: datetime, timespec: str) -> str:
    """An instant as ClickHouse reads it, in UTC."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(" ", timespec)
