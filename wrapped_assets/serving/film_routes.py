"""Films over HTTP: one that is kept is read at once, whatever film is being made meanwhile."""

import asyncio
import hashlib
import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial

from starlette.responses import Response

from wrapped_assets.serving.cards import film
from wrapped_assets.serving.cards.card_layout import Card
from wrapped_assets.serving.cards.films import Films
from wrapped_assets.serving.http.page_keys import Page
from wrapped_assets.serving.http.problems import Problem
from wrapped_assets.serving.http.threads import Threads
from wrapped_assets.serving.optional import Additions
from wrapped_assets.serving.page_routes import Pages
from wrapped_assets.serving.pages.theme import Scheme
from wrapped_assets.serving.site import Site, private
from wrapped_assets.slides.glyphs import shared_fonts

SECONDS = 50.0
"""How long one may wait for a film. Proxies give up after a minute, and what is answered then should be ours."""

MOST_WAITING = 20
"""Films of one worker that are asked for and not made yet. The machine makes one at a time, in 4 s of processor."""

RETRY_AFTER = "10"
"""Seconds. The film goes on being made, for who asks again."""


def add_to(found: Additions) -> None:
    """`story.mp4` of every page, where the extra `video` is installed."""
    if film.available():
        pages = found.pages
        FilmRoutes(pages.site, Films(found.shared / "films"), pages.threads).add_to(pages)


@dataclass(frozen=True)
class FilmRoutes:
    """Answers `GET /wrapped/<url_key>/story.mp4`."""

    site: Site
    films: Films
    drawing: Threads
    """Lays cards out, in turn with the drawing of others."""

    seconds: float = SECONDS
    most_waiting: int = MOST_WAITING
    reading: Threads = field(default_factory=lambda: Threads(2))
    _maker: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, "film"))
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Films wait for their turn here, not in the thread's own queue: a server that ends would first make all that are in it."""
    _jobs: dict[str, "asyncio.Task[Response]"] = field(default_factory=dict)
    """What is asked for and not made yet, by its name."""

    def add_to(self, pages: Pages) -> None:
        """Be a part of every page, which offers it."""
        pages.parts["story.mp4"] = self.answer
        pages.site.has_film = True

    async def answer(self, page: Page, scheme: Scheme) -> Response:
        """The whole film; NotFilmed when it cannot be made, 503 when it is not made in time."""
        name = name_of(page.document.sha256, page.link.company, scheme)
        kept = await self.reading.run(self.films.kept, name)
        return _reply(kept) if kept else await self._in_time(self._job(name, page, scheme))

    async def _in_time(self, job: "asyncio.Task[Response]") -> Response:
        try:
            return await asyncio.wait_for(asyncio.shield(job), self.seconds)
        except TimeoutError:
            raise _later() from None

    def _job(self, name: str, page: Page, scheme: Scheme) -> "asyncio.Task[Response]":
        """The making of this film, once for all who wait for it; it ends whether or not they do."""
        job = self._jobs.get(name)
        if job is None:
            if len(self._jobs) >= self.most_waiting:
                raise _later()
            job = self._jobs[name] = asyncio.create_task(self._made(name, page, scheme))
            job.add_done_callback(partial(self._forget, name))
        return job

    def _forget(self, name: str, job: "asyncio.Task[Response]") -> None:
        del self._jobs[name]
        if not job.cancelled():
            # Looked at even when nobody waits any more, or asyncio would complain.
            job.exception()

    async def _made(self, name: str, page: Page, scheme: Scheme) -> Response:
        async with self._turn:
            cards = await self.drawing.run(self._cards, page, scheme)
            loop = asyncio.get_running_loop()
            return _reply(await loop.run_in_executor(self._maker, self.films.of, name, cards))

    def _cards(self, page: Page, scheme: Scheme) -> list[Card]:
        show = self.site.told(self.site.subject(page.document.content, page.link.company))
        return film.cards(show, self.site.theme, shared_fonts(), scheme)


def name_of(sha256: str, company: str | None, scheme: Scheme) -> str:
    """Says all that a film of this server depends on: another document, company or scheme is another film. It has English numbers for everybody."""
    shown = json.dumps([sha256, company, scheme])
    return hashlib.sha256(shown.encode()).hexdigest()


def _later() -> Problem:
    return Problem(503, "The film is not made yet; ask again", {"Retry-After": RETRY_AFTER})


def _reply(film: bytes) -> Response:
    return private(film, "video/mp4")
