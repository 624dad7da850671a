"""The ASGI application: every route, and what every request goes through.

Each gets a request id, is timed, counted and logged, and is answered even when something goes wrong.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Match, Route, Router
from starlette.types import Message, Receive, Scope, Send

from wrapped_assets.resources.errors import Refused
from wrapped_assets.serving.api.token_routes import TokenRoutes
from wrapped_assets.serving.http import access_log
from wrapped_assets.serving.http.access_log import AccessLog
from wrapped_assets.serving.http.messages import NO_STORE, Notes, json_response, start_notes
from wrapped_assets.serving.http.metrics import Metrics
from wrapped_assets.serving.http.problems import UNFORESEEN, Problem, traced
from wrapped_assets.serving.live.follower import Follower
from wrapped_assets.serving.operations import Operations
from wrapped_assets.serving.optional import Additions
from wrapped_assets.serving.pipes import Pipes
from wrapped_assets.serving.proxy import Proxy

ALWAYS = (b"x-content-type-options", b"nosniff")

# Any page may ask the API: what it allows hangs on the token alone, never on a cookie.
CORS = (
    (b"access-control-allow-origin", b"*"),
    (
        b"access-control-expose-headers",
        b"x-request-id, x-ratelimit-limit, x-ratelimit-remaining, x-ratelimit-reset, retry-after",
    ),
)
PREFLIGHT = {
    "access-control-allow-methods": "GET, HEAD, POST, DELETE, OPTIONS",
    "access-control-allow-headers": "authorization, content-type, mcp-protocol-version, mcp-session-id",
    "access-control-max-age": "86400",
}
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
    additions: Additions
    follower: Follower
    metrics: Metrics
    access_log: AccessLog | None
    documentation: str
    """The address that errors name."""

    clock: Callable[[], datetime] = _now


def routes(parts: Parts) -> list[Route]:
    """Every route."""
    proxy, pipes, tokens, operations = parts.proxy, parts.pipes, parts.tokens, parts.operations
    return [
        Route("/wrapped/{url_key}", proxy.wrapped),
        Route("/wrapped/about/comparisons", proxy.pages.open_to_all),
        Route("/wrapped/{url_key}/share", proxy.share, methods=["POST"]),
        Route("/wrapped/{url_key}/{part:path}", proxy.part),
        Route("/w/{short}", proxy.short),
        Route("/static/{file:path}", proxy.pages.open_to_all),
        Route("/api/organization", proxy.organization),
        Route("/api/stats", proxy.stats),
        Route("/v0/pipes", pipes.list),
        Route("/v0/pipes/openapi.json", operations.openapi),
        Route("/v0/pipes/{name}.{format}", pipes.answer, methods=["GET", "POST"]),
        Route("/v0/pipes/{name}", pipes.describe),
        Route("/v0/tokens", tokens.list),
        Route("/v0/tokens", tokens.create, methods=["POST"]),
        Route("/v0/tokens/{token}/refresh", tokens.refresh, methods=["POST"]),
        Route("/v0/tokens/{token}", tokens.delete, methods=["DELETE"]),
        *parts.additions.routes,
        Route("/healthz", operations.healthz),
        Route("/readyz", operations.readyz),
        Route("/metrics", operations.metrics_page),
    ]


class App:
    """What the server calls."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self.routes = routes(parts)
        self.router = Router(self.routes, redirect_slashes=False, lifespan=self._running)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        # With an application in the scope Starlette raises what it cannot route.
        scope["app"] = self
        await (self._answer if scope["type"] == "http" else self.router)(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        started, at = time.perf_counter(), self.parts.clock()
        notes = start_notes(scope)
        status = size = 0
        cors = CORS if scope["path"].startswith(OPEN_TO_PAGES) else ()

        async def complete(message: Message) -> None:
            """Send it with what every answer has; after HEAD without its body."""
            nonlocal status, size
            if message["type"] == "http.response.start":
                status, own = message["status"], message["headers"]
                noted = [(name.lower().encode(), value.encode()) for name, value in notes.headers.items()]
                common = (ALWAYS, (b"x-request-id", notes.request_id.encode()), *noted, *cors)
                message = {**message, "headers": [*own, *(each for each in common if each not in own)]}
            else:
                size = len(message["body"])
                message = message if scope["method"] != "HEAD" else {**message, "body": b""}
            await send(message)

        try:
            await self._route(scope, receive, complete, notes)
        except Exception as error:
            if status:
                raise
            await self._refusal(error, scope, notes)(scope, receive, complete)
        self._remember(notes, status, size, time.perf_counter() - started, at)

    async def _route(self, scope: Scope, receive: Receive, send: Send, notes: Notes) -> None:
        if scope["method"] == "OPTIONS" and scope["path"].startswith(OPEN_TO_PAGES):
            notes.route = "preflight"
            await Response(None, 204, PREFLIGHT)(scope, receive, send)
            return
        scope["path"] = _without_slash(scope)
        try:
            await self.router(scope, receive, send)
        finally:
            notes.route = scope["route"].path if "route" in scope else notes.route

    def _refusal(self, error: Exception, scope: Scope, notes: Notes) -> Response:
        """The answer where an error came instead of one."""
        problem = self._problem(error, scope)
        if problem is not error and not isinstance(error, HTTPException):
            notes.problem = traced(error)
        body = {"error": str(problem), "documentation": self.parts.documentation}
        return json_response(body, problem.status, {**NO_STORE, **problem.headers})

    def _problem(self, error: Exception, scope: Scope) -> Problem:
        match error:
            case Problem():
                return error
            case HTTPException(status_code=404):
                return Problem(404, "There is no such path")
            case HTTPException(status_code=405):
                here = [each for each in self.routes if each.matches(scope)[0] is Match.PARTIAL]
                names = ", ".join(sorted({"OPTIONS"}.union(*(each.methods or () for each in here))))
                return Problem(405, f"This path takes {names}", {"Allow": names})
            case Refused():
                return Problem(503, "A part of this service does not answer; try again", {"Retry-After": "5"})
            case _:
                return Problem(500, UNFORESEEN)

    def _remember(self, notes: Notes, status: int, size: int, seconds: float, at: datetime) -> None:
        parts = self.parts
        parts.metrics.answered(notes.route, notes.method, status, notes.pipe, seconds)
        if parts.access_log:
            parts.access_log.add(access_log.line(notes, status, size, seconds, at))
        for tell in parts.additions.answered:
            tell(notes, status, seconds, at)

    @asynccontextmanager
    async def _running(self, _: object) -> AsyncIterator[None]:
        """From the server's start to its end."""
        await self._open()
        yield
        await self._close()

    async def _open(self) -> None:
        """Nobody is connected to this worker until this ends, so the first request finds what is promoted."""
        for start in self.parts.additions.starting:
            start()
        self.parts.follower.start()
        await asyncio.to_thread(self.parts.follower.wait)

    async def _close(self) -> None:
        parts = self.parts
        parts.follower.stop()
        for close in parts.additions.closing:
            await close()
        parts.pipes.threads.close()
        parts.pipes.shelf.close()
        parts.pipes.door.close()
        if parts.access_log:
            parts.access_log.close()


def _without_slash(scope: Scope) -> str:
    """The path; some clients end those of the API with a slash. One that was percent-encoded is a part of a name."""
    path: str = scope["path"]
    is_api, ends = path.startswith(("/v0/", "/mcp/")), scope.get("raw_path", b"/").endswith(b"/")
    return path.removesuffix("/") if is_api and ends else path
