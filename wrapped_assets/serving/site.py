"""What the addresses of pages, cards and static files answer, as a function: address, subject and headers in, reply out.

Who an address belongs to, and whether it is revoked, is found out by the caller; here a subject is given or not, and without
one every address below /wrapped/ answers the same 404.
"""

import gzip
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from starlette.responses import Response

from wrapped_assets import products
from wrapped_assets.product import CustomerProduct
from wrapped_assets.serving.cards.card_layout import SIZES, SUMMARY, card, names
from wrapped_assets.serving.cards.raster import jpeg, png
from wrapped_assets.serving.cards.story_json import story_json
from wrapped_assets.serving.http.messages import with_body
from wrapped_assets.serving.pages import other
from wrapped_assets.serving.pages.page import PRIVATE, Page, slideshow
from wrapped_assets.serving.pages.static_files import FOR_EVER, TYPES, static_files, static_path
from wrapped_assets.serving.pages.theme import SCHEMES, Scheme, Theme, default_theme
from wrapped_assets.slides.glyphs import shared_fonts
from wrapped_assets.slides.links import Links
from wrapped_assets.slides.moments import Slideshow
from wrapped_assets.slides.numbers import ENGLISH, Locale, preferred

_CARD = re.compile(r"cards/(?P<name>[a-z]+)-(?P<size>\d+x\d+)\.(?P<form>png|jpg)")
_OWN = re.compile(r"/wrapped/(?P<key>[^/]+)(?:/(?P<rest>.+))?")


@dataclass(frozen=True)
class Subject:
    """Whose page it is: the document and the name to put on it."""

    document: Any
    name: str | None


class Site:
    """Pages and cards in one theme, at one origin. Whether they offer a film hangs on `has_film`."""

    def __init__(
        self, origin: str = "", theme: Theme | None = None, product: CustomerProduct = products.DEFAULT
    ) -> None:
        self.origin, self.theme, self.product = origin.rstrip("/"), theme or default_theme(), product
        self.has_film = False

    def answer(
        self, path: str, subject: Subject | None, headers: Mapping[str, str], scheme: str = SCHEMES[0]
    ) -> Response:
        """The reply to a GET of this path; header names in lower case. `scheme` is that of cards and films; a page has both."""
        return _zipped(self._answer(path, subject, headers, scheme), headers.get("accept-encoding", ""))

    def _answer(
        self, path: str, subject: Subject | None, headers: Mapping[str, str], scheme: str
    ) -> Response:
        if path.startswith("/static/"):
            return self._static(path)
        if path == "/wrapped/about/comparisons":
            return _reply(other.comparisons(self.theme))
        own = _OWN.fullmatch(path)
        if own is None or subject is None:
            return self._not_found()
        links = Links(own["key"], static_path(), self.origin, has_film=self.has_film)
        if own["rest"] is None:
            show = self.told(subject, preferred(headers.get("accept-language")))
            return _reply(slideshow(show, links, self.theme))
        drawn = next((one for one in SCHEMES if one == scheme), None)
        if drawn is None:
            return self._not_found()
        return self._belonging(own["rest"], self.told(subject), links, drawn)

    def _belonging(self, rest: str, show: Slideshow, links: Links, scheme: Scheme) -> Response:
        """What lies below a page. Cards and the story are in English numbers: they are shared, not read by one person."""
        if rest == "story.json":
            return private(story_json(show, links), "application/json")
        wanted = _CARD.fullmatch(card_at(rest) or "")
        if wanted is None or wanted["name"] not in names(show) or wanted["size"] not in SIZES:
            return self._not_found()
        drawn = card(show, wanted["name"], wanted["size"], self.theme, shared_fonts(), scheme)
        image = png(drawn.svg, drawn.fonts)
        if wanted["form"] == "png":
            return private(image, "image/png")
        return private(jpeg(image), "image/jpeg")

    def subject(self, document: bytes, name: str | None) -> Subject:
        """Whose page a published document makes."""
        return Subject(self.product.model.model_validate_json(document), name)

    def told(self, subject: Subject, locale: Locale = ENGLISH) -> Slideshow:
        """The slides of a subject, its numbers as this locale writes them."""
        return self.product.tell(subject.document, subject.name, locale)

    def _not_found(self) -> Response:
        return _reply(other.not_found(self.theme), 404)

    def _static(self, path: str) -> Response:
        folder, _, name = path.rpartition("/")
        if name not in static_files() or folder != static_path():
            return self._not_found()
        headers = {
            "content-type": TYPES[Path(name).suffix],
            "cache-control": FOR_EVER,
            "vary": "accept-encoding",
            "x-content-type-options": "nosniff",
        }
        return Response(static_files()[name], headers=headers)


def card_at(rest: str) -> str | None:
    """The one name of the card at this part of a page's address: "cards/requests-1200x630.png"; None where no card can be."""
    name = {"story.png": f"cards/{SUMMARY}-1080x1920.png"}.get(rest, rest)
    return name if _CARD.fullmatch(name) else None


def private(body: bytes, content_type: str) -> Response:
    """An answer for this reader, asked about again each time, so that a withdrawn page is gone at once."""
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    return Response(body, headers={"content-type": content_type, "etag": tag, **PRIVATE})


def _reply(page: Page, status: int = 200) -> Response:
    return Response(page.body, status, page.headers)


def _zipped(reply: Response, accepted: str) -> Response:
    """Text is compressed for who accepts it."""
    is_text = reply.headers["content-type"].startswith(("text/", "application/json"))
    if not is_text or "gzip" not in accepted:
        return reply
    added = {
        "content-encoding": "gzip",
        "vary": reply.headers.get("vary", "accept-encoding, accept-language"),
    }
    return with_body(reply, gzip.compress(reply.body, 6, mtime=0), reply.status_code, added)
