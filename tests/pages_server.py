"""A small server of pages and cards for the tests, on the loopback: python -m tests.pages_server PORT."""

import socket
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests import year_documents
from wrapped_assets.products.usage import USAGE
from wrapped_assets.serving.cards import film
from wrapped_assets.serving.cards.films import Films
from wrapped_assets.serving.pages.theme import Scheme
from wrapped_assets.serving.site import Site, Subject, private
from wrapped_assets.slides.glyphs import shared_fonts

SUBJECTS = {
    "acme": Subject(year_documents.rich(), "Acme Logistics"),
    "bare": Subject(year_documents.bare(), None),
    "idle": Subject(year_documents.idle(), "Idle"),
    "small": Subject(year_documents.counted(87_706), "Small"),
    "fifteen": Subject(year_documents.counted(123_456_789_012_345), "Fifteen digits"),
    "arabic": Subject(year_documents.longest(year_documents.ARABIC), year_documents.ARABIC),
    "cjk": Subject(year_documents.longest(year_documents.CJK), year_documents.CJK),
    "emoji": Subject(year_documents.longest(year_documents.EMOJI), year_documents.EMOJI),
    "marked": Subject(year_documents.longest(year_documents.MARKED), year_documents.MARKED),
    "burmese": Subject(year_documents.longest(year_documents.BURMESE), year_documents.BURMESE),
    "devanagari": Subject(year_documents.longest(year_documents.DEVANAGARI), year_documents.DEVANAGARI),
    "rockets": Subject(year_documents.rich(), "🚀👩‍💻❤️🇩🇪" * 3),
    "x": Subject(year_documents.kept_longest(), "X"),
    "longest": Subject(year_documents.longest(year_documents.LONGEST), year_documents.LONGEST),
}


def app(origin: str, films: Films) -> Starlette:
    """The site for these subjects."""
    site = Site(origin)
    site.has_film = True

    def answer(request: Request) -> Response:
        path = request.url.path
        if path.endswith("/story.mp4"):
            subject = SUBJECTS[path.split("/")[2]]
            story = USAGE.tell(subject.document, subject.name)
            scheme: Scheme = "dark" if request.query_params.get("theme") == "dark" else "light"
            cards = film.cards(story, site.theme, shared_fonts(), scheme)
            return private(films.of(path.split("/")[2] + scheme, cards), "video/mp4")
        return site.answer(
            path,
            SUBJECTS.get(path.split("/")[2] if path.count("/") >= 2 else ""),
            dict(request.headers),
            request.query_params.get("theme", "light"),
        )

    return Starlette(routes=[Route("/{path:path}", answer)])


@contextmanager
def serving() -> Iterator[str]:
    """The server in a thread, until the block ends; its origin."""
    with socket.create_server(("127.0.0.1", 0)) as listening, tempfile.TemporaryDirectory() as folder:
        origin = f"http://127.0.0.1:{listening.getsockname()[1]}"
        server = uvicorn.Server(
            uvicorn.Config(app(origin, Films(Path(folder))), log_level="error", ws="none")
        )
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield origin
        finally:
            server.should_exit = True
            thread.join()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as kept:
        site = app(f"http://127.0.0.1:{sys.argv[1]}", Films(Path(kept)))
        uvicorn.run(site, host="127.0.0.1", port=int(sys.argv[1]))
