"""The ASGI application: every way in, and what every request goes through on its way.

Each gets a request id, is timed, counted and logged, and is answered even when something goes wrong.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from wrapped_assets.resources.errors import Refused
from wrapped_assets.serving.api.mcp_tools import Mcp
from wrapped_assets.serving.api.token_routes import TokenRoutes
from wrapped_assets.serving.http import access_log, request_log
from wrapped_assets.serving.http.access_log import AccessLog
from wrapped_assets.serving.http.messages import Call, Headers, Receive, Reply, Scope, Send
from wrapped_assets.serving.http.metrics import Metrics
from wrapped_assets.serving.http.problems import UNFORESEEN, Problem, traced
from wrapped_assets.serving.http.proxy import Proxy
from wrapped_assets.serving.http.request_log import RequestLog
from wrapped_assets.serving.http.routes import Route, Routes
from wrapped_assets.serving.live.follower import Follower
from wrapped_assets.serving.operations import Operations
from wrapped_assets.serving.pipes import Pipes

ALWAYS: Headers = ((b"x-content-type-options", b"nosniff"),)

# Any page may ask the API: what it allows hangs on the token alone, never on a cookie.
CORS: Headers = (
    (b"access-control-allow-origin", b"*"),
    (
        b"access-control-expose-headers",
        b"x-request-id, x-ratelimit-limit, x-ratelimit-remaining, x-ratelimit-reset, retry-after",
    ),
)
PREFLIGHT: Headers = (
    (b"access-control-allow-methods", b"GET, HEAD, POST, DELETE, OPTIONS"),
    (b"access-control-allow-headers", b"authorization, content-type, mcp-protocol-version, mcp-session-id"),
    (b"access-control-max-age", b"86400"),
)
OPEN_TO_PAGES = ("/v0/", "/mcp")


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Parts:
    """What the application is put together from."""

    pipes: Pipes
    proxy: Proxy
    tokens: TokenRoutes
    operations: Operations
    mcp: Mcp
    follower: Follower
    metrics: Metrics
    access_log: AccessLog | None
    request_log: RequestLog | None
    documentation: str
    """The address that errors name."""

    clock: Callable[[], datetime] = _now


def routes(parts: Parts) -> Sequence[Route]:
    """Every way in."""
    proxy, pipes, tokens, operations = parts.proxy, parts.pipes, parts.tokens, parts.operations
    return (
        Route(("GET",), "/wrapped/{url_key}", proxy.wrapped),
        Route(("GET",), "/wrapped/about/comparisons", proxy.renderer.open_to_all),
        Route(("POST",), "/wrapped/{url_key}/share", proxy.share),
        Route(("GET",), "/wrapped/{url_key}/{part:path}", proxy.part),
        Route(("GET",), "/w/{short}", proxy.short),
        Route(("GET",), "/static/{file:path}", proxy.renderer.open_to_all),
        Route(("GET",), "/api/organization", proxy.organization),
        Route(("GET",), "/api/stats", proxy.stats),
        Route(("GET",), "/v0/pipes", pipes.list),
        Route(("GET",), "/v0/pipes/openapi.json", operations.openapi),
        Route(("GET", "POST"), "/v0/pipes/{name}.{format}", pipes.answer),
        Route(("GET",), "/v0/pipes/{name}", pipes.describe),
        Route(("GET",), "/v0/tokens", tokens.list),
        Route(("POST",), "/v0/tokens", tokens.create),
        Route(("POST",), "/v0/tokens/{token}/refresh", tokens.refresh),
        Route(("DELETE",), "/v0/tokens/{token}", tokens.delete),
        Route(("POST",), "/mcp", parts.mcp.answer),
        Route(("GET",), "/healthz", operations.healthz),
        Route(("GET",), "/readyz", operations.readyz),
        Route(("GET",), "/metrics", operations.metrics_page),
    )


class App:
    """What the server calls."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self.routes = Routes(routes(parts))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] == "http":
            await self._answer(Call(scope, receive), send)
        elif scope["type"] == "lifespan":
            await self._live(receive, send)

    async def _answer(self, call: Call, send: Send) -> None:
        started, at = time.perf_counter(), self.parts.clock()
        reply = await self._reply(call)
        common = (*ALWAYS, (b"x-request-id", call.request_id.encode()), *call.reply_headers)
        if call.path.startswith(OPEN_TO_PAGES):
            common = (*common, *CORS)
        await reply.send(send, common, head_only=call.method == "HEAD")
        self._remember(call, reply, time.perf_counter() - started, at)

    async def _reply(self, call: Call) -> Reply:
        try:
            if call.method == "OPTIONS" and call.path.startswith(OPEN_TO_PAGES):
                call.notes.route = "preflight"
                return Reply(204, headers=PREFLIGHT)
            return await self.routes.find(call)(call)
        except Problem as problem:
            return self._refusal(problem)
        except Refused as error:
            call.notes.problem = traced(error)
            return self._refusal(
                Problem(503, "A part of this service does not answer; try again", {"Retry-After": "5"})
            )
        except Exception as error:
            call.notes.problem = traced(error)
            return self._refusal(Problem(500, UNFORESEEN))

    def _refusal(self, problem: Problem) -> Reply:
        headers = ((b"cache-control", b"no-store"), *problem.headers)
        return Reply(problem.status, problem.body(self.parts.documentation), headers=headers)

    def _remember(self, call: Call, reply: Reply, seconds: float, at: datetime) -> None:
        notes, parts = call.notes, self.parts
        parts.metrics.answered(notes.route, call.known_method, reply.status, notes.pipe, seconds)
        if parts.access_log:
            parts.access_log.add(access_log.line(call, reply.status, len(reply.body), seconds, at))
        if parts.request_log and not notes.route.startswith(("/healthz", "/readyz", "/metrics")):
            parts.request_log.add(request_log.row_of(call, reply.status, seconds, at))

    async def _live(self, receive: Receive, send: Send) -> None:
        """The server's start and end."""
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                await self._open()
                await send({"type": "lifespan.startup.complete"})
            elif message["type"] == "lifespan.shutdown":
                await self._close()
                await send({"type": "lifespan.shutdown.complete"})
                return

    async def _open(self) -> None:
        """Until this ends nobody is connected to this worker: whoever asks it first finds what is promoted."""
        if self.parts.request_log:
            self.parts.request_log.start()
        self.parts.follower.start()
        await asyncio.to_thread(self.parts.follower.wait)

    async def _close(self) -> None:
        parts = self.parts
        parts.follower.stop()
        await parts.mcp.close()
        await parts.pipes.sandbox.close()
        parts.pipes.threads.close()
        parts.pipes.shelf.close()
        parts.pipes.door.close()
        for log in (parts.request_log, parts.access_log):
            if log:
                log.close()
