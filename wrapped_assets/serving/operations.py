"""`/healthz`, `/readyz`, `/metrics` and the OpenAPI document: for machines that look after this one."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from wrapped_assets.serving.messages import Call, Reply
from wrapped_assets.serving.metrics import Metrics
from wrapped_assets.serving.shelf import Shelf

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
        """`GET /readyz`: 200 once an edition can be asked about, 503 before."""
        numbers = {str(year): number for year, number in self.shelf.numbers().items()}
        told = {"status": "ready" if numbers else "waiting", "editions": numbers}
        if self.shelf.trouble:
            told["trouble"] = self.shelf.trouble
        return Reply(200 if numbers else 503, json.dumps(told).encode(), headers=_NO_STORE)

    async def metrics_page(self, call: Call) -> Reply:
        """`GET /metrics`: for Prometheus."""
        page, media_type = self.metrics.page()
        return Reply(200, page, media_type, _NO_STORE)

    async def openapi(self, call: Call) -> Reply:
        """`GET /v0/pipes/openapi.json`: every way in, for whoever writes a client. It names no customer, so it asks no token."""
        return Reply(200, json.dumps(self.description).encode(), headers=((b"cache-control", b"max-age=60"),))
