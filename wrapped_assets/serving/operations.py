"""`/healthz`, `/readyz`, `/metrics` and the OpenAPI document: for machines that look after this one."""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from wrapped_assets.serving.http.messages import Call, Reply
from wrapped_assets.serving.http.metrics import Metrics
from wrapped_assets.serving.live.shelf import Shelf

LATE_SECONDS = 30.0
"""A file that landed is in the answers by then; what takes longer is told."""

_NO_STORE = ((b"cache-control", b"no-store"),)


@dataclass(frozen=True)
class Operations:
    """What it says of itself."""

    shelf: Shelf
    metrics: Metrics
    description: Mapping[str, Any]
    """The OpenAPI document."""

    async def healthz(self, call: Call) -> Reply:
        """`GET /healthz`: this worker answers."""
        return Reply(200, b'{"status": "ok"}', headers=_NO_STORE)

    async def readyz(self, call: Call) -> Reply:
        """`GET /readyz`: 200 once an edition can be asked about and was caught up with landing, or could not be in time."""
        now, shelf = time.time(), self.shelf
        numbers = {str(year): number for year, number in shelf.numbers().items()}
        late = {str(year): _late(at, now) for year, at in shelf.complete().items() if now > at + LATE_SECONDS}
        status = (
            "waiting"
            if not numbers
            else "catching up"
            if shelf.is_catching_up(now)
            else "late"
            if late
            else "ready"
        )
        told: dict[str, Any] = {"status": status, "editions": numbers}
        if late:
            told["landing_seen_seconds_ago"] = late
        if shelf.trouble:
            told["trouble"] = shelf.trouble
        return Reply(
            200 if status in ("ready", "late") else 503, json.dumps(told).encode(), headers=_NO_STORE
        )

    async def metrics_page(self, call: Call) -> Reply:
        """`GET /metrics`: for Prometheus."""
        page, media_type = self.metrics.page()
        return Reply(200, page, media_type, _NO_STORE)

    async def openapi(self, call: Call) -> Reply:
        """`GET /v0/pipes/openapi.json`: every way in, pages and tokens too, for whoever writes a client. It names no customer, so it asks no token."""
        return Reply(200, json.dumps(self.description).encode(), headers=((b"cache-control", b"max-age=60"),))


def _late(at: float, now: float) -> int | None:
    """The seconds since landing was seen whole; None when it never was."""
    return round(now - at) if at else None
