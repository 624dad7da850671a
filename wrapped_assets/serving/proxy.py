"""What a browser gets by a url_key: the document, its parts for the page, short links. No token is ever involved.

Answers may be kept by the browser alone, not by shared caches: a revoked key must not live on in one.
"""

import json
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache

from starlette.requests import Request
from starlette.responses import Response

from wrapped_assets.serving.http.messages import json_response, matches, notes, query
from wrapped_assets.serving.http.page_keys import Keys, Page
from wrapped_assets.serving.http.problems import Problem, not_found
from wrapped_assets.serving.http.threads import Threads
from wrapped_assets.serving.page_routes import Pages

SHORT = "private, max-age=60"
FOR_EVER = "private, max-age=31536000, immutable"

SHARED_FOR = timedelta(days=30)
"""How long a share link leads somewhere, and the address behind it shows the page."""

_PRIVATE = {"x-robots-tag": "noindex", "referrer-policy": "no-referrer"}


@dataclass(frozen=True)
class Proxy:
    """Answers by url_key."""

    keys: Keys
    threads: Threads
    public_url: str
    pages: Pages
    """For readers who are people."""

    async def wrapped(self, request: Request) -> Response:
        """`GET /wrapped/<url_key>`: the page, or with `Accept: application/json` the document."""
        page = await self._shown(request)
        if page and _wants_document(request):
            return _document(request, page, SHORT)
        return await self.pages.answer(request, page)

    async def part(self, request: Request) -> Response:
        """`GET /wrapped/<url_key>/<part>`: `<sha256>.json` is the document at its content address, for ever the same."""
        page = await self._shown(request)
        if page and request.path_params["part"] == f"{page.document.sha256}.json":
            return _document(request, page, FOR_EVER)
        return await self.pages.answer(request, page)

    async def _shown(self, request: Request) -> Page | None:
        """The page of the key in the path; a program is told 404 when there is none, a person is shown it."""
        key = notes(request).url_key = request.path_params["url_key"]
        try:
            return self.keys.at_hand(key) or await self.keys.page(key)
        except Problem as problem:
            if problem.status != 404 or _wants_document(request):
                raise
            return None

    async def share(self, request: Request) -> Response:
        """`POST /wrapped/<url_key>/share`: a short link to pass on, and when it ends. Of a shared page it is the same one again."""
        key = notes(request).url_key = request.path_params["url_key"]
        page = await self.keys.page(key)
        share = await self.threads.run(self.keys.links.share, page.link.url_key, SHARED_FOR)
        if share is None:
            raise not_found()
        fields = {
            "share_url": f"{self.public_url}/w/{share.short}",
            "expires_at": f"{share.expires_at:%Y-%m-%dT%H:%M:%SZ}",
        }
        return json_response(fields, headers={"cache-control": "no-store", **_PRIVATE})

    async def short(self, request: Request) -> Response:
        """`GET /w/<short>`: on to the page; a program is told 404 when there is none, a person is shown it."""
        try:
            key = notes(request).url_key = await self.keys.url_key_of(request.path_params["short"])
        except Problem as problem:
            if problem.status != 404 or _wants_document(request):
                raise
            return await self.pages.answer(request, None)
        headers = {"location": f"/wrapped/{key}", "cache-control": "no-store", **_PRIVATE}
        return Response(b"", 302, headers, "application/json")

    async def organization(self, request: Request) -> Response:
        """`GET /api/organization?url_key=`: whose page it is, and of which year."""
        page = await self._asked_for(request)
        document = json.loads(page.document.content)
        fields = {"name": page.link.company, "year": page.link.year, "through": document["through"]}
        return json_response(fields, headers={"cache-control": SHORT, **_PRIVATE})

    async def stats(self, request: Request) -> Response:
        """`GET /api/stats?url_key=`: the document, as `wrapped` gives it to programs."""
        page = await self._asked_for(request)
        return _document(request, page, SHORT)

    async def _asked_for(self, request: Request) -> Page:
        key = next((value for name, value in query(request) if name == "url_key"), None)
        if not key:
            raise Problem(400, "The parameter 'url_key' is missing, expected String")
        notes(request).url_key = key
        return await self.keys.page(key)


def _wants_document(request: Request) -> bool:
    return "application/json" in request.headers.get("accept", "")


def _document(request: Request, page: Page, caching: str) -> Response:
    etag = f'"{page.document.sha256}"'
    if matches(request.headers.get("if-none-match", ""), etag):
        return Response(None, 304, _headers(etag, caching))
    return _whole(page.document.content, etag, caching)


@lru_cache(maxsize=256)
def _whole(content: bytes, etag: str, caching: str) -> Response:
    """Made once while it is asked for often: its headers take longer than anything else that is ours."""
    return Response(content, 200, _headers(etag, caching), "application/json")


def _headers(etag: str, caching: str) -> dict[str, str]:
    return {"etag": etag, "cache-control": caching, "vary": "Accept", **_PRIVATE}
