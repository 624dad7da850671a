"""The API's own requests as landing files of `pipe_stats`, so that Wrapped can wrap itself.

Each is a row of the organization and region `wrapped_api`: its workspaces are the tokens' names, its pipes the endpoints
and pages. No customer's numbers change by being looked at.
"""

import asyncio
import logging
import tempfile
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from wrapped_assets.landing_layout import day_prefix, dimension_prefix
from wrapped_assets.resources.landing_store import AlreadyThere, LandingStore
from wrapped_assets.resources.open import open_request_log
from wrapped_assets.serving.http.batches import Batches
from wrapped_assets.serving.http.messages import Notes
from wrapped_assets.serving.optional import Additions

if TYPE_CHECKING:
    import pyarrow as pa

log = logging.getLogger(__name__)

NAME = "wrapped_api"
"""The organization and the region that these requests belong to."""

MOST_ROWS = 100_000
"""Rows kept while the store does not take them; some 40 MB."""

WRITE_SECONDS = 60.0

ANONYMOUS = "without a token"

Row = tuple[datetime, str, str, str, int, float, int, int, int, float, str]


def row_of(notes: Notes, status: int, seconds: float, at: datetime) -> Row:
    """What is kept of one request."""
    return (
        at.replace(microsecond=at.microsecond // 1000 * 1000),
        notes.caller or ANONYMOUS,
        notes.pipe or notes.route,
        notes.request_id,
        status,
        seconds,
        notes.bytes_read,
        notes.rows_read,
        notes.rows,
        notes.cpu_seconds,
        notes.method,
    )


def add_to(found: Additions) -> None:
    """Keep requests where WRAPPED_REQUEST_LOG_URL says so."""
    if store := open_request_log(found.settings):
        RequestLog(store, lambda rows: found.metrics.lost("requests", rows)).add_to(found)


class RequestLog(Batches[Row]):
    """Writes requests into a landing store, a file a minute and day."""

    def __init__(
        self,
        store: LandingStore,
        lost: Callable[[int], None] = lambda rows: None,
        most_rows: int = MOST_ROWS,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        super().__init__(self._write_days, lost, most_rows, WRITE_SECONDS)
        self._store, self._clock = store, clock
        self._is_named = False

    def add_to(self, found: Additions) -> None:
        """Keep every request but those of probes, from start to end."""
        found.answered.append(self._keep)
        found.starting.append(self.start)
        found.closing.append(self._end)

    def _keep(self, notes: Notes, status: int, seconds: float, at: datetime) -> None:
        if not notes.route.startswith(("/healthz", "/readyz", "/metrics")):
            self.add(row_of(notes, status, seconds, at))

    async def _end(self) -> None:
        await asyncio.to_thread(self.close)

    def write(self) -> int:
        """Put everything that waits into the store; returns how many files. What cannot be written waits on."""
        return self._write_days(self.take())

    def _write_days(self, rows: list[Row]) -> int:
        try:
            days = [(day, list(some)) for day, some in groupby(sorted(rows), _day)]
            for day, some in days:
                self._introduce()
                self._put(day, some)
        except Exception as error:
            log.warning("could not write to WRAPPED_REQUEST_LOG_URL; its rows wait: %s", type(error).__name__)
            self.again(rows)
            return 0
        return len(days)

    def _put(self, day: date, rows: Sequence[Row]) -> None:
        key = f"{day_prefix('pipe_stats', day)}region={NAME}/requests.{uuid4().hex}.parquet"
        self._put_table(key, events(rows, self._clock()))

    def _introduce(self) -> None:
        """Name the organization, once; later processes find it named."""
        if self._is_named:
            return
        try:
            key = f"{dimension_prefix('organizations')}region={NAME}/snapshot.parquet"
            self._put_table(key, organizations(self._clock()))
        except AlreadyThere:
            pass
        self._is_named = True

    def _put_table(self, key: str, table: "pa.Table") -> None:
        import pyarrow.parquet as pq

        with tempfile.TemporaryDirectory(prefix="wrapped-requests-") as folder:
            path = Path(folder) / "new.parquet"
            pq.write_table(table, path, compression="zstd")
            self._store.put_new(key, path)


def _day(row: Row) -> date:
    return row[0].astimezone(UTC).date()


def events(rows: Sequence[Row], exported_at: datetime) -> "pa.Table":
    """The rows as a landing file of `pipe_stats`."""
    # Only where the log is on: importing it takes a third of a second.
    import pyarrow as pa

    at, callers, pipes, ids, statuses, seconds, read_bytes, read_rows, result_rows, cpu, methods = zip(
        *rows, strict=True
    )
    instant = pa.timestamp("ms", "UTC")
    size = len(rows)
    columns = {
        "start_datetime": pa.array(at, instant),
        "organization_id": pa.array([NAME] * size),
        "workspace_id": pa.array(callers),
        "pipe_id": pa.array(pipes),
        "pipe_name": pa.array(pipes),
        "request_id": pa.array(ids),
        "status_code": pa.array(statuses, pa.int32()),
        "error": pa.array([int(status >= 400) for status in statuses], pa.int8()),
        "duration": pa.array(seconds, pa.float64()),
        "read_bytes": pa.array(read_bytes, pa.uint64()),
        "read_rows": pa.array(read_rows, pa.uint64()),
        "result_rows": pa.array(result_rows, pa.uint64()),
        "cpu_time": pa.array(cpu, pa.float64()),
        "method": pa.array(methods),
        "region": pa.array([NAME] * size),
        "exported_at": pa.array([exported_at] * size, pa.timestamp("us", "UTC")),
    }
    return pa.table(columns)


def organizations(exported_at: datetime) -> "pa.Table":
    """The snapshot that names the organization."""
    import pyarrow as pa

    return pa.table(
        {
            "organization_id": pa.array([NAME]),
            "name": pa.array(["Wrapped API"]),
            "customer_id": pa.array([None], pa.string()),
            "customer_name": pa.array([None], pa.string()),
            "exported_at": pa.array([exported_at], pa.timestamp("us", "UTC")),
        }
    )
