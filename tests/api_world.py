"""A small world behind the HTTP API: a real registry, real tokens and real limits; editions kept in memory.

The engine and the publication have tests of their own. What stands for them here is honest: it answers from rows in memory,
for the customers that it is asked about and no others.
"""

import hashlib
import io
import json
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from wrapped_assets.access import tokens
from wrapped_assets.access.grants import Grant, Scope
from wrapped_assets.access.registry import Registry
from wrapped_assets.access.tokens import Authority, new_jti
from wrapped_assets.product import Endpoint, Parameter
from wrapped_assets.serving.api.answers import Answer
from wrapped_assets.serving.api.endpoints import values
from wrapped_assets.serving.api.openapi import document
from wrapped_assets.serving.api.token_admin import TokenAdmin
from wrapped_assets.serving.api.token_routes import TokenRoutes
from wrapped_assets.serving.app import App, Parts
from wrapped_assets.serving.http.access_log import AccessLog
from wrapped_assets.serving.http.authentication import Door
from wrapped_assets.serving.http.metrics import Metrics
from wrapped_assets.serving.http.page_keys import Keys, Page
from wrapped_assets.serving.http.rate_limits import Limits
from wrapped_assets.serving.http.threads import Threads
from wrapped_assets.serving.live.follower import Follower
from wrapped_assets.serving.live.live import OutsideYear
from wrapped_assets.serving.live.shelf import Shelf
from wrapped_assets.serving.operations import Operations
from wrapped_assets.serving.optional import Additions, modules
from wrapped_assets.serving.page_routes import Pages
from wrapped_assets.serving.pipes import Pipes
from wrapped_assets.serving.proxy import Proxy
from wrapped_assets.serving.site import Site
from wrapped_assets.settings import Settings
from wrapped_assets.snapshot.following import FollowReport

SECRET = b"a secret of at least 32 bytes, ok!!"
YEAR = 2025
SUMMARY = "wrapped_pipe_stats_summary"
BY_DAY = "wrapped_requests_by_day"
DOCUMENTATION = "http://127.0.0.1:8080/v0/pipes/openapi.json"


CUSTOMER = Parameter("wrapped_id", "String", "Whose.")
EDITION = Parameter("year", "Int32", "Which edition.", "published")
ENDPOINTS = {
    SUMMARY: Endpoint(SUMMARY, "A year in a row.", (CUSTOMER, EDITION), ""),
    BY_DAY: Endpoint(
        BY_DAY,
        "A year by day.",
        (
            CUSTOMER,
            Parameter("start_date", "Date", "First day.", "start of the year"),
            Parameter("limit", "Int32", "At most so many.", "366"),
        ),
        "select 1",
    ),
}


def answer(columns: list[tuple[str, str]], rows: list[tuple[Any, ...]]) -> Answer:
    """Rows that cost something."""
    return Answer(columns, rows, rows_read=10, bytes_read=400)


def customer(number: int) -> str:
    """A wrapped_id."""
    return f"{number:08x}-0000-8000-8000-{number:012x}"


@dataclass
class Live:
    """Each customer's requests; a request of the past costs nothing."""

    requests: Mapping[str, int]
    is_closed: bool = False
    follows: int = 0
    keeps: int = 0

    def run(self, endpoint: Endpoint, parameters: Mapping[str, object]) -> Answer:
        """The rows of the customers that are asked for."""
        if self.is_closed:
            raise RuntimeError("asked after it was closed")
        asked = values(endpoint, parameters, YEAR)
        ids = str(asked["wrapped_id"]).split(",")
        total = sum(self.requests.get(each, 0) for each in ids)
        if endpoint.name == SUMMARY:
            top = [{"name": "append", "bytes": 2**63 + total}]
            columns = [
                ("total_requests", "UInt64"),
                ("total_bytes_read", "UInt128"),
                ("peak_date", "Nullable(Date)"),
                ("error_rate", "Nullable(Float64)"),
                ("company", "String"),
                ("top_event_types", "Array(Tuple(name String, bytes UInt64))"),
            ]
            day = date(YEAR, 3, 1) if total else None
            return answer(
                columns, [(total, 2**100 + total, day, None if not total else 0.25, 'a,"b"\n☃', top)]
            )
        start = asked["start_date"]
        assert isinstance(start, date)
        if start.year != YEAR:
            raise OutsideYear(YEAR, start, date(YEAR + 1, 1, 1))
        days = [(start + timedelta(n), total + n) for n in range(min(int(str(asked["limit"])), 366))]
        return answer([("day", "Date"), ("requests", "UInt64")], days)

    def follow(self, seconds: float | None = None) -> FollowReport:
        """Two files have landed at each look, and one of them cannot be read."""
        self.follows += 1
        return FollowReport(taken=2, unread={"a": "no"}, complete_at=time.time())

    def keep(self) -> None:
        """Counted, while it is open."""
        self.keeps += not self.is_closed

    def close(self) -> None:
        """From now on it may not be asked."""
        self.is_closed = True


@dataclass(frozen=True)
class Document:
    """A published document."""

    content: bytes
    sha256: str


@dataclass(frozen=True)
class Version:
    """A published version."""

    number: int
    documents: Mapping[str, Document]
    year: int = YEAR
    has_snapshot: bool = True
    snapshot_sha256: str = ""

    def document(self, subject: str) -> Document | None:
        """By subject."""
        return self.documents.get(subject)

    def fetch_snapshot(self, folder: Path) -> Path:
        """The number in a file name is all that the engine here needs."""
        return folder / f"{self.year}-v{self.number}-0.duckdb"


@dataclass
class Published:
    """What is promoted."""

    promoted: dict[int, Version] = field(default_factory=dict)
    failure: Exception | None = None

    def years(self) -> list[int]:
        """Ascending."""
        if self.failure:
            raise self.failure
        return sorted(self.promoted)

    def current(self, year: int) -> Version | None:
        """The promoted version."""
        if self.failure:
            raise self.failure
        return self.promoted.get(year)


class Html(Pages):
    """What stands for the slideshow and its cards."""

    async def answer(self, request: Request, page: Page | None) -> Response:
        """The name on a page, or a picture."""
        if page is None or request.path_params.get("part") not in (None, "story.png"):
            return HTMLResponse(b"<h1>Nothing here</h1>", 404)
        if request.path_params.get("part"):
            return Response(b"a picture", media_type="image/png")
        return HTMLResponse(f"<h1>{page.link.company}</h1>".encode())

    async def open_to_all(self, request: Request) -> Response:
        """A script."""
        return Response(b"a script", media_type="text/javascript; charset=utf-8")


def shelf_of(published: Any, open_live: Any, folder: Path) -> Shelf:
    """A shelf of what stands here for editions and answers."""
    return Shelf(published, open_live, folder)


def described(endpoints: Mapping[str, Endpoint], added: Additions) -> dict[str, Any]:
    """The OpenAPI document."""
    return document(endpoints.values(), "1", "http://api.test", added.parameters, added.paths)


def summary_of(requests: int) -> Document:
    """A document that is enough of one."""
    told = {
        "year": YEAR,
        "through": "2025-12-31T23:59:59.999Z",
        "requests": requests,
    }
    content = json.dumps(told, separators=(",", ":")).encode()
    return Document(content, hashlib.sha256(content).hexdigest())


def version(number: int, customers: int = 5) -> Version:
    """A version of the edition in which customer n has 1000 * n + number requests."""
    return Version(number, {customer(n): summary_of(1000 * n + number) for n in range(1, customers + 1)})


@dataclass
class World:
    """The application and everything behind it."""

    app: App
    registry: Registry
    authority: Authority
    published: Published
    shelf: Shelf
    metrics: Metrics
    log: io.StringIO
    lives: list[Live]

    def token(
        self, *pipes: str, name: str = "somebody", rps: int | None = None, minutes: int = 60, **fixed: str
    ) -> str:
        """A JWT that may read these endpoints, with parameters fixed in each."""
        scopes = tuple(Scope("PIPES:READ", pipe, fixed) for pipe in pipes or (SUMMARY, BY_DAY))
        expires = datetime.now(UTC) + timedelta(minutes=minutes)
        return self.authority.issue(Grant(name, "wrapped", scopes, rps, new_jti(), expires))

    def admin(self) -> str:
        """A static token that may do everything."""
        grant = Grant("admin", "wrapped", (Scope("ADMIN"),), None, new_jti())
        return self.authority.issue(grant, static=True)

    def link(self, number: int, company: str = "Acme & Söhne") -> str:
        """The url_key of a customer's page."""
        self.registry.make_links(YEAR, {customer(number): company})
        return next(
            each.url_key for each in self.registry.links_of_subject(customer(number)) if not each.revoked
        )

    def logged(self) -> list[dict[str, Any]]:
        """The access log so far, once the application has ended."""
        return [json.loads(line) for line in self.log.getvalue().splitlines()]

    @asynccontextmanager
    async def client(self) -> AsyncIterator[httpx.AsyncClient]:
        """An HTTP client of the running application."""
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=True)
        async with httpx.AsyncClient(transport=transport, base_url="http://api.test") as client:
            yield client
        await self.app._close()


@contextmanager
def world(folder: Path, **changes: Any) -> Iterator[World]:
    """Version 1 promoted, and opened."""
    registry = Registry.open(f"sqlite:///{folder / 'registry.db'}")
    authority = Authority(SECRET, registry, changes.get("tokens_clock", tokens.now))
    published: Any = changes.get("published") or Published({YEAR: version(1)})
    lives: list[Live] = []

    endpoints: Mapping[str, Endpoint] = changes.get("endpoints", ENDPOINTS)

    def open_live(snapshot: Path, version: Version) -> Live:
        made = Live(
            {
                each: json.loads(doc.content)["requests"]
                for each, doc in published.promoted[version.year].documents.items()
            }
        )
        lives.append(made)
        return made

    shelf = shelf_of(published, changes.get("open_live", open_live), folder)
    shelf.look()
    shelf.follow()
    metrics, threads, log = Metrics(), Threads(seconds=changes.get("seconds", 10)), io.StringIO()
    door = Door(authority, Limits.open("memory://"))
    pipes = Pipes(endpoints, shelf, door, threads)
    keys = Keys(
        registry,
        published,
        threads,
        lambda: shelf.years,
        **{k: v for k, v in changes.items() if k in ("clock", "sleep")},
    )
    pages = changes.get("pages") or Html(Site())
    added = Additions(Settings.load({"WRAPPED_HOME": str(folder)}), folder, metrics, pipes, pages)
    for each in [*modules("wrapped_assets.serving"), *changes.get("more", ())]:
        each.add_to(added)
    parts = Parts(
        pipes=pipes,
        proxy=Proxy(keys, threads, "https://wrapped.test", pages),
        tokens=TokenRoutes(TokenAdmin(authority, registry, endpoints), door, threads),
        operations=Operations(shelf, metrics, described(endpoints, added)),
        additions=added,
        follower=Follower(shelf, metrics),
        metrics=metrics,
        access_log=AccessLog(log),
        documentation=DOCUMENTATION,
        clock=changes.get("now", lambda: datetime.now(UTC)),
    )
    with registry:
        yield World(App(parts), registry, authority, published, shelf, metrics, log, lives)
