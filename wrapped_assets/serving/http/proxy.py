"""What a browser gets by a url_key: the document, its parts for the page, short links. No token is ever involved.

Answers may be kept by the browser alone, not by shared caches: a revoked key must not live on in one.
"""

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol

from wrapped_assets.serving.http.messages import Call, Reply, matches
from wrapped_assets.serving.http.page_keys import Keys, Page
from wrapped_assets.serving.http.problems import Problem, not_found
from wrapped_assets.serving.http.threads import Threads

SHORT = b"private, max-age=60"
FOR_EVER = b"private, max-age=31536000, immutable"

SHARED_FOR = timedelta(days=30)
"""How long a share link leads somewhere, and the address behind it shows the page."""

_PRIVATE = ((b"x-robots-tag", b"noindex"), (b"referrer-policy", b"no-referrer"))


class Renderer(Protocol):
    """The page itself, for readers who are people."""

    async def answer(self, call: Call, page: Page | None) -> Reply:
        """The slideshow, a card, a story; without a page the one answer to every address that shows none."""

    async def open_to_all(self, call: Call) -> Reply:
        """What is the same for everybody: scripts, styles, where comparisons come from."""


@dataclass(frozen=True)
class Proxy:
    """Answers by url_key."""

    keys: Keys
    threads: Threads
    public_url: str
    renderer: Renderer

    async def wrapped(self, call: Call) -> Reply:
        """`GET /wrapped/<url_key>`: the page, or with `Accept: application/json` the document."""
        page = await self._shown(call)
        if page is None or not _wants_document(call):
            return await self.renderer.answer(call, page)
        return _document(call, page.document.content, page.document.sha256, SHORT)

    async def part(self, call: Call) -> Reply:
        """`GET /wrapped/<url_key>/<part>`: `<sha256>.json` is the document at its content address, for ever the same."""
        page = await self._shown(call)
        if page and call.params["part"] == f"{page.document.sha256}.json":
            return _document(call, page.document.content, page.document.sha256, FOR_EVER)
        return await self.renderer.answer(call, page)

    async def _shown(self, call: Call) -> Page | None:
        """The page of the key in the path; a program is told 404 when there is none, a person is shown it."""
        key = call.notes.url_key = call.params["url_key"]
        try:
            return self.keys.at_hand(key) or await self.keys.page(key)
        except Problem as problem:
            if problem.status != 404 or _wants_document(call):
                raise
            return None

    async def share(self, call: Call) -> Reply:
        """`POST /wrapped/<url_key>/share`: a short link to pass on, and when it ends. Of a shared page it is the same one again."""
        key = call.notes.url_key = call.params["url_key"]
        page = await self.keys.page(key)
        share = await self.threads.run(self.keys.links.share, page.link.url_key, SHARED_FOR)
        if share is None:
            raise not_found()
        told = {
            "share_url": f"{self.public_url}/w/{share.short}",
            "expires_at": f"{share.expires_at:%Y-%m-%dT%H:%M:%SZ}",
        }
        return _json(told, b"no-store")

    async def short(self, call: Call) -> Reply:
        """`GET /w/<short>`: on to the page; a program is told 404 when there is none, a person is shown it."""
        try:
            key = call.notes.url_key = await self.keys.url_key_of(call.params["short"])
        except Problem as problem:
            if problem.status != 404 or _wants_document(call):
                raise
            return await self.renderer.answer(call, None)
        headers = ((b"location", f"/wrapped/{key}".encode()), (b"cache-control", b"no-store"), *_PRIVATE)
        return Reply(302, headers=headers)

    async def organization(self, call: Call) -> Reply:
        """`GET /api/organization?url_key=`: whose page it is, and of which year."""
        page = await self._asked_for(call)
        document = json.loads(page.document.content)
        told = {"name": page.link.company, "year": page.link.year, "through": document["through"]}
        return _json(told, SHORT)

    async def stats(self, call: Call) -> Reply:
        """`GET /api/stats?url_key=`: the document, as `wrapped` gives it to programs."""
        page = await self._asked_for(call)
        return _document(call, page.document.content, page.document.sha256, SHORT)

    async def _asked_for(self, call: Call) -> Page:
        key = next((value for name, value in call.query if name == "url_key"), None)
        if not key:
            raise Problem(400, "The parameter 'url_key' is missing, expected String")
        call.notes.url_key = key
        return await self.keys.page(key)


def _wants_document(call: Call) -> bool:
    return b"application/json" in call.headers.get(b"accept", b"")


def _document(call: Call, content: bytes, tag: str, caching: bytes) -> Reply:
    etag = f'"{tag}"'.encode()
    headers = ((b"etag", etag), (b"cache-control", caching), (b"vary", b"Accept"), *_PRIVATE)
    if matches(call.headers.get(b"if-none-match", b""), etag):
        return Reply(304, headers=headers)
    return Reply(200, content, headers=headers)


def _json(told: dict[str, Any], caching: bytes) -> Reply:
    body = json.dumps(told, ensure_ascii=False).encode("utf-8", "replace")
    return Reply(200, body, headers=((b"cache-control", caching), *_PRIVATE))
