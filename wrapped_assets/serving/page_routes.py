"""Pages, cards and static files over HTTP: what Site draws, drawn once while it is asked for often.

A page is a function of its document, its company's name and the reader's way of writing numbers, so that is what it is kept under.
A card has English numbers for everybody, is not compressed, and does not say its address.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from starlette.requests import Request
from starlette.responses import Response

from wrapped_assets.editions.cache import Bounded
from wrapped_assets.serving.http.byte_ranges import ranged
from wrapped_assets.serving.http.messages import matches, query, with_body
from wrapped_assets.serving.http.page_keys import Page
from wrapped_assets.serving.http.threads import Threads
from wrapped_assets.serving.pages.theme import SCHEMES, Scheme
from wrapped_assets.serving.site import Site, Subject, card_at
from wrapped_assets.slides.numbers import preferred

KEPT_BYTES = 32 * 1024 * 1024
"""What a worker keeps of what it drew; a card has some 100 kB, a page 30."""

DRAWN_AT_ONCE = 1
"""Cards of one worker; a card is 0.2 s of work, and other answers must go on meanwhile."""

OPEN_TO_ALL = ("/static/", "/wrapped/about/")
NOTHING = "/wrapped/nothing"
"""Stands for every address that shows no page; without a subject the site shows none there either."""

Part = Callable[[Page, Scheme], Awaitable[Response]]
Place = tuple[str, str, str | None, str, bool, Scheme | None]


@dataclass(frozen=True)
class Pages:
    """Answers what people and their browsers ask for."""

    site: Site
    threads: Threads = field(default_factory=lambda: Threads(DRAWN_AT_ONCE))
    parts: dict[str, Part] = field(default_factory=dict)
    """What further parts of a page's address answer."""
    _kept: Bounded[Place, Response] = field(default_factory=lambda: Bounded(KEPT_BYTES))

    async def answer(self, request: Request, page: Page | None) -> Response:
        """The page or the part of it at this path; without a page the one answer to every address that shows none."""
        reply = await self._whole(request, page)
        etag = reply.headers.get("etag")
        if etag and matches(request.headers.get("if-none-match", ""), etag):
            return with_body(reply, None, 304, {})
        return ranged(reply, request.headers) if reply.headers["content-type"] == "video/mp4" else reply

    async def open_to_all(self, request: Request) -> Response:
        """`GET /static/...` and `GET /wrapped/about/comparisons`: the same for everybody."""
        return await self.answer(request, None)

    async def _whole(self, request: Request, page: Page | None) -> Response:
        wanted = _Wanted.by(request, page)
        part = self.parts.get(wanted.part)
        if page and part and wanted.scheme:
            return await part(page, wanted.scheme)
        kept = self._kept.get(wanted.place)
        return await self.threads.run(self._drawn, wanted) if kept is None else kept

    def _drawn(self, wanted: "_Wanted") -> Response:
        """Drawn, unless whoever had the thread before drew this very thing."""
        reply = self._kept.get(wanted.place)
        if reply is None:
            reply = self.site.answer(
                wanted.path, self._subject(wanted.page), wanted.headers(), wanted.scheme or ""
            )
            if reply.status_code == 200 or wanted.path == NOTHING:
                self._kept.put(wanted.place, reply, len(reply.body))
        return reply

    def _subject(self, page: Page | None) -> Subject | None:
        return self.site.subject(page.document.content, page.link.company) if page else None


@dataclass(frozen=True)
class _Wanted:
    """What is asked for, as far as an answer depends on it."""

    page: Page | None
    path: str
    part: str
    """What follows the page's own address; "" for the page."""

    language: str
    zipped: bool
    scheme: Scheme | None
    """Of what nobody can draw there is one kind, None, so that it fills nothing."""

    @classmethod
    def by(cls, request: Request, page: Page | None) -> "_Wanted":
        """What this request asks for. All addresses that show nothing are one: whoever guesses them fills nothing, and waits for no card."""
        path: str = request.scope["path"]
        theme = next((value for name, value in query(request) if name == "theme"), SCHEMES[0])
        return cls(
            page,
            path if page or path.startswith(OPEN_TO_ALL) else NOTHING,
            request.path_params.get("part", ""),
            request.headers.get("accept-language", ""),
            "gzip" in request.headers.get("accept-encoding", ""),
            next((one for one in SCHEMES if one == theme), None),
        )

    @property
    def place(self) -> Place:
        """What its answer is kept under."""
        sha256, company = (self.page.document.sha256, self.page.link.company) if self.page else ("", None)
        card = card_at(self.part) if self.page else None
        if card:
            return (card, sha256, company, "", False, self.scheme)
        return (self.path, sha256, company, preferred(self.language).tag, self.zipped, self.scheme)

    def headers(self) -> dict[str, str]:
        """Those that the site reads."""
        return {"accept-language": self.language, "accept-encoding": "gzip" if self.zipped else ""}
