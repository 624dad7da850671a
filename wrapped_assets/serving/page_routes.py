"""Pages, cards and static files over HTTP: what Site draws, drawn once while it is asked for often.

A page is a function of its document, its company's name and the reader's way of writing numbers, so that is what it is kept under.
A card has English numbers for everybody, is not compressed, and does not say its address.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from starlette.requests import Request
from starlette.responses import Response

from wrapped_assets.editions.cache import Bounded
from wrapped_assets.serving.http.byte_ranges import ranged
from wrapped_assets.serving.http.messages import matches, query, with_body
from wrapped_assets.serving.http.page_keys import Page
from wrapped_assets.serving.http.threads import Threads
from wrapped_assets.serving.pages.theme import SCHEMES, Scheme
from wrapped_assets.serving.site import Site, card_at
from wrapped_assets.slides.numbers import preferred

KEPT_BYTES = 32 * 1024 * 1024
"""What a worker keeps of what it drew; a card has some 100 kB, a page 30."""

DRAWN_AT_ONCE = 1
"""Cards of one worker; a card is 0.2 s of work, and other answers must go on meanwhile."""

OPEN_TO_ALL = ("/static/", "/wrapped/about/")
NOTHING = "/wrapped/nothing"
"""One path for every address that shows no page; without a subject the site shows none there either."""

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
        theme = next((value for name, value in query(request) if name == "theme"), SCHEMES[0])
        # Of what nobody can draw there is one kind, None, so that it fills nothing.
        scheme = next((one for one in SCHEMES if one == theme), None)
        part = request.path_params.get("part", "")
        if page and scheme and part in self.parts:
            return await self.parts[part](page, scheme)
        path: str = request.scope["path"]
        if page is None and not path.startswith(OPEN_TO_ALL):
            # Guessed addresses fill nothing, and wait for no card.
            path = NOTHING
        headers = {name: request.headers.get(name, "") for name in ("accept-language", "accept-encoding")}
        place = _place(page, path, card_at(part) if page else None, headers, scheme)
        if kept := self._kept.get(place):
            return kept
        return await self.threads.run(self._drawn, place, path, page, headers, scheme)

    def _drawn(
        self, place: Place, path: str, page: Page | None, headers: dict[str, str], scheme: Scheme | None
    ) -> Response:
        """Rendered, unless the job before this one rendered the same."""
        reply = self._kept.get(place)
        if reply is None:
            subject = self.site.subject(page.document.content, page.link.company) if page else None
            reply = self.site.answer(path, subject, headers, scheme or "")
            if reply.status_code == 200 or path == NOTHING:
                self._kept.put(place, reply, len(reply.body))
        return reply


def _place(
    page: Page | None, path: str, card: str | None, headers: Mapping[str, str], scheme: Scheme | None
) -> Place:
    """What an answer is kept under: all that it depends on."""
    sha256, company = (page.document.sha256, page.link.company) if page else ("", None)
    if card:
        return card, sha256, company, "", False, scheme
    language, zipped = preferred(headers["accept-language"]).tag, "gzip" in headers["accept-encoding"]
    return path, sha256, company, language, zipped, scheme
