"""The API's own requests as landing files, which the product makes events of: so Wrapped can wrap itself."""

import asyncio
import logging
import tempfile
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from wrapped_assets.landing.store import AlreadyThere, LandingStore
from wrapped_assets.product import Request
from wrapped_assets.products import DEFAULT
from wrapped_assets.resources.open import open_request_log
from wrapped_assets.serving.http.batches import Batches
from wrapped_assets.serving.http.messages import Notes
from wrapped_assets.serving.optional import Additions

log = logging.getLogger(__name__)

MOST_ROWS = 100_000
"""Requests kept while the store does not take them; some 40 MB."""

WRITE_SECONDS = 60.0

ANONYMOUS = "without a token"


def add_to(found: Additions) -> None:
    """Keep requests where WRAPPED_REQUEST_LOG_URL says so, if the product makes events of them."""
    if DEFAULT.own_requests and (store := open_request_log(found.settings)):
        RequestLog(store, lambda rows: found.metrics.lost("requests", rows)).add_to(found)


class RequestLog(Batches[Request]):
    """Writes requests into a landing store, a file a minute and day."""

    def __init__(
        self,
        store: LandingStore,
        lost: Callable[[int], None] = lambda rows: None,
        most_rows: int = MOST_ROWS,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        super().__init__(self._write_days, lost, most_rows, WRITE_SECONDS)
        assert DEFAULT.own_requests
        self._events, self._store, self._clock = DEFAULT.own_requests, store, clock
        self._is_named = False

    def add_to(self, found: Additions) -> None:
        """Keep every request but those of probes, from start to end."""
        found.answered.append(self._keep)
        found.starting.append(self.start)
        found.closing.append(self._end)

    def _keep(self, notes: Notes, status: int, seconds: float, at: datetime) -> None:
        if not notes.route.startswith(("/healthz", "/readyz", "/metrics")):
            self.add(
                Request(
                    at,
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
            )

    async def _end(self) -> None:
        await asyncio.to_thread(self.close)

    def write(self) -> int:
        """Put everything that waits into the store; returns how many files. What cannot be written waits on."""
        return self._write_days(self.take())

    def _write_days(self, requests: list[Request]) -> int:
        try:
            files = list(self._events.files(requests, self._clock()))
            for key, table in files:
                self._introduce()
                self._put(key, table)
        except Exception as error:
            log.warning("could not write to WRAPPED_REQUEST_LOG_URL; its rows wait: %s", type(error).__name__)
            self.again(requests)
            return 0
        return len(files)

    def _introduce(self) -> None:
        """Name what they belong to, once; later processes find it named."""
        if not self._is_named:
            with suppress(AlreadyThere):
                self._put(*self._events.names(self._clock()))
            self._is_named = True

    def _put(self, key: str, table: Any) -> None:
        # Only where the log is on: importing it takes a third of a second.
        import pyarrow.parquet as pq

        with tempfile.TemporaryDirectory(prefix="wrapped-requests-") as folder:
            path = Path(folder) / "new.parquet"
            pq.write_table(table, path, compression="zstd")
            self._store.put_new(key, path)
