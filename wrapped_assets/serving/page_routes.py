"""Pages, cards and static files over HTTP: what Site draws, drawn once while it is asked for often.

A page is a function of its document, its company's name and the reader's way of writing numbers, so that is what it is kept under.
"""

from dataclasses import dataclass, field, replace

from wrapped_assets.numbers import preferred
from wrapped_assets.publication.cache import Bounded
from wrapped_assets.serving.byte_ranges import ranged
from wrapped_assets.serving.keys import Page
from wrapped_assets.serving.messages import Call, Reply, matches
from wrapped_assets.serving.site import FILM, Site, Subject
from wrapped_assets.serving.site import Reply as Drawn
from wrapped_assets.serving.theme import SCHEMES
from wrapped_assets.serving.threads import Threads
from wrapped_assets.summaries import PublishedSummary

KEPT_BYTES = 32 * 1024 * 1024
"""What a worker keeps of what it drew; a card has some 100 kB, a page 30."""

DRAWN_AT_ONCE = 1
"""Cards of one worker; a card is 0.2 s of work, and other answers must go on meanwhile."""

FILM_SECONDS = 60.0
"""How long one may wait for a film: the machine makes one at a time. It goes on being made, for who asks again."""

OPEN_TO_ALL = ("/static/", "/wrapped/about/")
NOTHING = "/wrapped/nothing"
"""Stands for every address that shows no page; without a subject the site shows none there either."""

Place = tuple[str, str, str | None, str, bool, str]


@dataclass(frozen=True)
class Pages:
    """Answers what people and their browsers ask for."""

    site: Site
    threads: Threads = field(default_factory=lambda: Threads(DRAWN_AT_ONCE))
    film_threads: Threads = field(default_factory=lambda: Threads(DRAWN_AT_ONCE, FILM_SECONDS))
    _kept: Bounded[Place, Reply] = field(default_factory=lambda: Bounded(KEPT_BYTES))

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
        language = call.headers.get(b"accept-language", b"").decode("latin-1")
        zipped = b"gzip" in call.headers.get(b"accept-encoding", b"")
        sha256, company = (page.document.sha256, page.link.company) if page else ("", None)
        # All addresses that show nothing are one, so whoever guesses them fills nothing and waits for no card.
        path = call.path if page or call.path.startswith(OPEN_TO_ALL) else NOTHING
        wanted = next((value for name, value in call.query if name == "theme"), SCHEMES[0])
        # Of what nobody can draw there is one kind, so that it fills nothing either.
        scheme = wanted if wanted in SCHEMES else ""
        if page and path.endswith(f"/{FILM}"):
            # Kept on disk, for all workers.
            return await self.film_threads.run(self._draw, path, page, language, zipped, scheme)
        place = (path, sha256, company, preferred(language).tag, zipped, scheme)
        kept = self._kept.get(place)
        if kept is None:
            kept = await self.threads.run(self._draw, path, page, language, zipped, scheme)
            if kept.status == 200 or path == NOTHING:
                self._kept.put(place, kept, len(kept.body))
        return kept

    def _draw(self, path: str, page: Page | None, language: str, zipped: bool, scheme: str) -> Reply:
        subject = None
        if page:
            subject = Subject(PublishedSummary.model_validate_json(page.document.content), page.link.company)
        headers = {"accept-language": language, "accept-encoding": "gzip" if zipped else ""}
        return _reply(self.site.answer(path, subject, headers, scheme))


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
