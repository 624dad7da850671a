"""`/healthz`, `/readyz`, `/metrics` and the OpenAPI document: for machines that look after this one."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from wrapped_assets.serving.http.messages import NO_STORE, json_response
from wrapped_assets.serving.http.metrics import Metrics
from wrapped_assets.serving.live.shelf import Shelf

LATE_SECONDS = 30.0
"""A file that landed is in the answers by then; what takes longer is told."""


@dataclass(frozen=True)
class Operations:
    """What it says of itself."""

    shelf: Shelf
    metrics: Metrics
    description: Mapping[str, Any]
    """The OpenAPI document."""

    async def healthz(self, request: Request) -> Response:
        """`GET /healthz`: this worker answers."""
        return json_response({"status": "ok"})

    async def readyz(self, request: Request) -> Response:
        """`GET /readyz`: 200 once an edition can be asked about and was caught up with landing, or could not be in time."""
        now, shelf = time.time(), self.shelf
        numbers = {str(year): number for year, number in shelf.numbers().items()}
        seen = {str(year): edition.complete_at for year, edition in shelf.editions.items()}
        late = {year: _late(at, now) for year, at in seen.items() if now > at + LATE_SECONDS}
        status = (
            "waiting"
            if not numbers
            else "catching up"
            if shelf.is_catching_up(now)
            else "late"
            if late
            else "ready"
        )
        fields: dict[str, Any] = {"status": status, "editions": numbers}
        if late:
            fields["landing_seen_seconds_ago"] = late
        if shelf.trouble:
            fields["trouble"] = shelf.trouble
        return json_response(fields, 200 if status in ("ready", "late") else 503)

    async def metrics_page(self, request: Request) -> Response:
        """`GET /metrics`: for Prometheus."""
        page, media_type = self.metrics.page()
        return Response(page, 200, NO_STORE, media_type)

    async def openapi(self, request: Request) -> Response:
        """`GET /v0/pipes/openapi.json`: every route, pages and tokens too. It names no customer, so it needs no token."""
        return json_response(self.description, headers={"cache-control": "max-age=60"})


def _late(at: float, now: float) -> int | None:
    """The seconds since landing was seen whole; None when it never was."""
    return round(now - at) if at else None
