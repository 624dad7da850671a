"""Requests as bytes, straight to the application: what no HTTP client would send, in a thousand shapes a second."""

import asyncio
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from starlette.types import Message

from wrapped_assets.serving.app import App


@dataclass(frozen=True)
class Said:
    """An answer, without what differs each time: its id."""

    status: int
    body: bytes
    headers: frozenset[tuple[bytes, bytes]]

    @property
    def json(self) -> Any:
        """The body, read."""
        return json.loads(self.body)


@dataclass(frozen=True)
class Line:
    """A connection to a running application, one request after the other."""

    app: App
    runner: "asyncio.Runner"

    def ask(
        self,
        path: str,
        query: bytes = b"",
        headers: Iterable[tuple[bytes, bytes]] = (),
        body: bytes = b"",
        method: str = "GET",
    ) -> Said:
        """The answer to exactly this; `path` is decoded, as servers hand it over."""
        return self.runner.run(self._ask(path, query, [*headers], body, method))

    async def _ask(
        self, path: str, query: bytes, headers: list[tuple[bytes, bytes]], body: bytes, method: str
    ) -> Said:
        sent: list[Message] = []

        async def receive() -> Message:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Message) -> None:
            sent.append(message)

        scope: Mapping[str, Any] = {
            "type": "http",
            "method": method,
            "path": path,
            "query_string": query,
            "headers": headers,
        }
        await self.app({**scope}, receive, send)
        start, end = sent
        told = frozenset((name, value) for name, value in start["headers"] if name != b"x-request-id")
        return Said(start["status"], end["body"], told)


@contextmanager
def line(app: App) -> Iterator[Line]:
    """The application in this process, closed afterwards."""
    with asyncio.Runner() as runner:
        yield Line(app, runner)
        runner.run(app._close())
