"""`/mcp`: the Model Context Protocol over streamable HTTP, behind the same tokens and limits as everything else.

The protocol's library is imported with the first request to it: half a second and 35 MB that most workers never need.
"""

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from wrapped_assets.serving.http.messages import Call, Message, Reply
from wrapped_assets.serving.http.problems import Problem
from wrapped_assets.serving.pipes import Pipes

if TYPE_CHECKING:
    from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

# What its answers may say beside their body; everything else is ours to say.
_KEPT = (b"allow", b"mcp-session-id", b"mcp-protocol-version")


@dataclass
class Mcp:
    """Speaks it, once somebody asks."""

    pipes: Pipes
    version: str
    _manager: "StreamableHTTPSessionManager | None" = None
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    _ended: asyncio.Event = field(default_factory=asyncio.Event)
    _running: asyncio.Task[None] | None = None

    async def answer(self, call: Call) -> Reply:
        """`POST /mcp`."""
        grant = await self.pipes.threads.run(self.pipes.door.admit, call)
        manager = await self._started()
        from wrapped_assets.serving.api.mcp_server import ASKED, Asked

        sent: list[Message] = []

        async def keep(message: Message) -> None:
            sent.append(message)

        scope = {**call.scope, ASKED: Asked(call, grant)}
        await manager.handle_request(scope, call.receive, keep)
        return _reply(sent)

    async def close(self) -> None:
        """End it."""
        self._ended.set()
        if self._running:
            await self._running

    async def _started(self) -> "StreamableHTTPSessionManager":
        async with self._lock:
            if self._manager is None:
                started = asyncio.Event()
                self._running = asyncio.create_task(self._run(started))
                await started.wait()
            assert self._manager is not None
            return self._manager

    async def _run(self, started: asyncio.Event) -> None:
        """Its tasks must begin and end in one task; this is that task."""
        try:
            made = await self.pipes.threads.run(self._made)
            async with AsyncExitStack() as stack:
                await stack.enter_async_context(made.run())
                self._manager = made
                started.set()
                await self._ended.wait()
        finally:
            started.set()

    def _made(self) -> "StreamableHTTPSessionManager":
        from wrapped_assets.serving.api.mcp_server import manager

        return manager(self.pipes, self.version)


def _reply(sent: list[Message]) -> Reply:
    """What it sent as one answer."""
    start = next(message for message in sent if message["type"] == "http.response.start")
    headers = dict(start.get("headers", []))
    body = b"".join(message.get("body", b"") for message in sent if message["type"] == "http.response.body")
    media_type = headers.get(b"content-type", b"").decode()
    if start["status"] >= 400 and not media_type.startswith("application/json"):
        # A bare sentence about a header: told as every other refusal is.
        raise Problem(start["status"], body.decode("utf-8", "replace"))
    kept = tuple((name, headers[name]) for name in _KEPT if name in headers)
    return Reply(start["status"], body, media_type or "application/json", kept)
