"""From the secret part of a page's address to what may be shown there, or the one answer for everything else.

Unknown, revoked, opted out and unpublished are not told apart: the same bytes, and the same time. All of them ask the registry, the
pointers of a published and of an unpublished year, and the index for a subject that it does not name: where there is no subject to look for, a
stand-in is. A bucket takes longer for that than any pause. What small differences remain are hidden by answering only when a multiple
of a fixed pause has passed since the question came.
"""

import asyncio
import hashlib
import re
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from wrapped_assets.access.registry import Link, Registry
from wrapped_assets.editions.reader import Published
from wrapped_assets.editions.version import Document
from wrapped_assets.serving.http.problems import not_found
from wrapped_assets.serving.http.threads import Threads

REMEMBERED_SECONDS = 0.3
"""How long a page is shown without asking again: a revocation must count within a second, whatever the look-up takes."""

MOST_REMEMBERED = 10_000

PAUSE_SECONDS = 0.025
"""Longer than a look at the registry takes, and at an index on this machine. Refusals come at multiples of it."""

SOME_YEAR = 2000
"""Asked about while no published year is known."""

_KEY = re.compile(r"[0-9a-z-]{1,200}")
_NOBODYS = "-"
"""Looked up in the place of what cannot be a key: some databases refuse a NUL, and a refusal must look like any other."""


def _stand_in(key: str) -> str:
    """Nobody's name, for ever the same of a key. Its piece of the index is anywhere, as those of subjects are."""
    return hashlib.sha256(key.encode()).hexdigest()


def _plain(key: str) -> str:
    return key if _KEY.fullmatch(key) else _NOBODYS


@dataclass(frozen=True)
class Page:
    """What may be shown under a key."""

    link: Link
    document: Document


@dataclass
class Keys:
    """Finds pages. The same key asked by many at once is looked up once."""

    links: Registry
    published: Published
    threads: Threads
    years: Callable[[], Sequence[int]]
    """The years that are published, as far as is known without asking."""

    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    _remembered: OrderedDict[str, tuple[float, Page]] = field(default_factory=OrderedDict)
    _asked: dict[str, asyncio.Task[Page | None]] = field(default_factory=dict)

    def at_hand(self, url_key: str) -> Page | None:
        """The page, when it was looked up a moment ago; this much can be had without waiting."""
        held = self._remembered.get(url_key)
        return held[1] if held and self.clock() < held[0] else None

    async def page(self, url_key: str) -> Page:
        """The page of a key; 404 when there is none to show."""
        return self.at_hand(url_key) or await self._refused_alike(self._look_up(_plain(url_key)))

    async def url_key_of(self, short: str) -> str:
        """Where a short link leads; 404 when it leads to nothing that may be shown."""
        return (await self._refused_alike(self._follow(_plain(short)))).link.url_key

    async def _refused_alike(self, looking: Awaitable[Page | None]) -> Page:
        started = self.clock()
        page = await looking
        if page is None:
            passed = self.clock() - started
            await self.sleep(PAUSE_SECONDS - passed % PAUSE_SECONDS)
            raise not_found()
        return page

    async def _follow(self, short: str) -> Page | None:
        link = await self.threads.run(self.links.resolve_short, short)
        return await self.threads.run(self._shown, link, short)

    async def _look_up(self, url_key: str) -> Page | None:
        task = self._asked.get(url_key)
        if task is None:
            task = asyncio.ensure_future(self.threads.run(self._find, url_key))
            self._asked[url_key] = task
            task.add_done_callback(lambda _: self._asked.pop(url_key, None))
        asked_at = self.clock()
        # One that gives up must not take the others' answer away.
        page = await asyncio.shield(task)
        if page is not None:
            self._remember(url_key, page, asked_at)
        return page

    def _find(self, url_key: str) -> Page | None:
        return self._shown(self.links.resolve(url_key), url_key)

    def _shown(self, link: Link | None, key: str) -> Page | None:
        """The page of a link that may be shown and has a document; None after the same look-ups in the same order, whatever is missing."""
        if link and link.opted_out:
            link = None
        years = self.years()
        published, other = max(years, default=SOME_YEAR), max(years, default=SOME_YEAR) + 1
        places = [(published, _stand_in(key)), (other, _stand_in(key))]
        if link:
            places[0 if link.year in years else 1] = link.year, link.subject
        for year, subject in places:
            document = self._document(year, subject)
            if link and document:
                return Page(link, document)
        return None

    def _document(self, year: int, subject: str) -> Document | None:
        version = self.published.current(year)
        return version.document(subject) if version else None

    def _remember(self, url_key: str, page: Page, asked_at: float) -> None:
        # From when it was asked: what was revoked while a slow store answered is not shown longer for it.
        self._remembered.pop(url_key, None)
        self._remembered[url_key] = (asked_at + REMEMBERED_SECONDS, page)
        while len(self._remembered) > MOST_REMEMBERED:
            self._remembered.popitem(last=False)
