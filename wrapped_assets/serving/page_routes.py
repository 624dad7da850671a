"""Pages, cards and static files over HTTP: what Site draws, drawn once while it is asked for often.

A page is a function of its document, its company's name and the reader's way of writing numbers, so that is what it is kept under.
A card has English numbers for everybody, is not compressed, and does not say its address.
"""

from dataclasses import dataclass, field, replace
from functools import cached_property

from wrapped_assets.editions.cache import Bounded
from wrapped_assets.serving import film_routes
from wrapped_assets.serving.film_routes import FilmRoutes
from wrapped_assets.serving.http.byte_ranges import ranged
from wrapped_assets.serving.http.messages import Call, Reply, matches
from wrapped_assets.serving.http.page_keys import Page
from wrapped_assets.serving.http.threads import Threads
from wrapped_assets.serving.pages.theme import SCHEMES, Scheme
from wrapped_assets.serving.site import FILM, Site, Subject, card_at
from wrapped_assets.serving.site import Reply as Drawn
from wrapped_assets.slides.numbers import preferred

KEPT_BYTES = 32 * 1024 * 1024
"""What a worker keeps of what it drew; a card has some 100 kB, a page 30."""

DRAWN_AT_ONCE = 1
"""Cards of one worker; a card is 0.2 s of work, and other answers must go on meanwhile."""

OPEN_TO_ALL = ("/static/", "/wrapped/about/")
NOTHING = "/wrapped/nothing"
"""Stands for every address that shows no page; without a subject the site shows none there either."""

Place = tuple[str, str, str | None, str, bool, Scheme | None]


@dataclass(frozen=True)
class Pages:
    """Answers what people and their browsers ask for."""

    site: Site
    threads: Threads = field(default_factory=lambda: Threads(DRAWN_AT_ONCE))
    film_seconds: float = film_routes.SECONDS
    most_films: int = film_routes.MOST_WAITING
    _kept: Bounded[Place, Reply] = field(default_factory=lambda: Bounded(KEPT_BYTES))

    @cached_property
    def films(self) -> FilmRoutes | None:
        """None where no films are made."""
        if self.site.films is None:
            return None
        return FilmRoutes(self.site, self.site.films, self.threads, self.film_seconds, self.most_films)

    async def answer(self, call: Call, page: Page | None) -> Reply:
        """The page or the part of it at this path; without a page the one answer to every address that shows none."""
        reply = await self._whole(call, page)
        etag = next((value for name, value in reply.headers if name == b"etag"), None)
        if etag and matches(call.headers.get(b"if-none-match", b""), etag):
            return replace(reply, status=304, body=b"")
        return ranged(reply, call.headers) if reply.media_type == "video/mp4" else reply

    async def open_to_all(self, call: Call) -> Reply:
        """`GET /static/...` and `GET /wrapped/about/comparisons`: the same for everybody."""
        return await self.answer(call, None)

    async def _whole(self, call: Call, page: Page | None) -> Reply:
        wanted = _Wanted.by(call, page)
        if page and self.films and wanted.scheme and wanted.part == FILM:
            # Kept on disk, for all workers.
            return _reply(await self.films.answer(page, wanted.scheme))
        kept = self._kept.get(wanted.place)
        return await self.threads.run(self._drawn, wanted) if kept is None else kept

    def _drawn(self, wanted: "_Wanted") -> Reply:
        """Drawn, unless whoever had the thread before drew this very thing."""
        reply = self._kept.get(wanted.place)
        if reply is None:
            reply = _reply(
                self.site.answer(
                    wanted.path, self._subject(wanted.page), wanted.headers(), wanted.scheme or ""
                )
            )
            if reply.status == 200 or wanted.path == NOTHING:
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
    def by(cls, call: Call, page: Page | None) -> "_Wanted":
        """What this request asks for. All addresses that show nothing are one: whoever guesses them fills nothing, and waits for no card."""
        theme = next((value for name, value in call.query if name == "theme"), SCHEMES[0])
        return cls(
            page,
            call.path if page or call.path.startswith(OPEN_TO_ALL) else NOTHING,
            call.params.get("part", ""),
            call.headers.get(b"accept-language", b"").decode("latin-1"),
            b"gzip" in call.headers.get(b"accept-encoding", b""),
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


def _reply(drawn: Drawn) -> Reply:
    headers = dict(drawn.headers)
    media_type = headers.pop("content-type")
    # Every answer has this one already.
    headers.pop("x-content-type-options", None)
    return Reply(
        drawn.status,
        drawn.body,
        media_type,
        tuple((name.encode(), value.encode()) for name, value in headers.items()),
    )
