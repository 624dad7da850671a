"""Pages and cards through the whole application: the real site over real documents."""

import asyncio
import fcntl
import gzip
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import httpx
import pytest
from starlette.responses import Response

from tests import year_documents
from tests.api_world import YEAR, Document, Version, World, customer, world
from wrapped_assets.serving.app import App
from wrapped_assets.serving.cards.card_layout import Card
from wrapped_assets.serving.cards.films import Films
from wrapped_assets.serving.film_routes import FilmRoutes, name_of
from wrapped_assets.serving.http.page_keys import Page
from wrapped_assets.serving.page_routes import Pages
from wrapped_assets.serving.pages.theme import Scheme
from wrapped_assets.serving.site import Site, Subject

pytestmark = pytest.mark.anyio
IDLE = Document(year_documents.idle().published().to_json(), "b" * 64)
HTML = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8", "Accept-Encoding": "identity"}


class Counting(Site):
    """The site, and what it was asked to draw."""

    drawn: list[str]

    def answer(
        self, path: str, subject: Subject | None, headers: Mapping[str, str], scheme: str = "light"
    ) -> Response:
        """Note the path."""
        self.drawn.append(path)
        return super().answer(path, subject, headers, scheme)


@dataclass(frozen=True)
class CountingFilms(FilmRoutes):
    """Its films, and how often one was laid out."""

    def _cards(self, page: Page, scheme: Scheme) -> list[Card]:
        assert isinstance(self.site, Counting)
        self.site.drawn.append("film")
        return super()._cards(page, scheme)


def counting(folder: Path, **limits: float) -> tuple[Pages, CountingFilms]:
    """Pages that count what they draw, films too."""
    site = Counting("https://wrapped.test")
    site.drawn = []
    pages = Pages(site)
    films = CountingFilms(site, Films(folder / "films"), pages.threads, **limits)  # type: ignore[arg-type]
    return pages, films


Asked = tuple[World, httpx.AsyncClient, Counting]


@pytest.fixture
def anyio_backend() -> str:
    """The loop that the server uses."""
    return "asyncio"


@pytest.fixture
async def asked(tmp_path: Path) -> AsyncIterator[Asked]:
    """A world with a rich document, and a client of it."""
    pages, films = counting(tmp_path)
    with world(tmp_path, pages=pages) as made:
        films.add_to(pages)
        content = year_documents.rich().published().to_json()
        made.published.promoted[YEAR] = Version(1, {customer(1): Document(content, "a" * 64)})
        async with made.client() as client:
            assert isinstance(pages.site, Counting)
            yield made, client, pages.site


async def test_a_person_gets_the_slideshow(asked: Asked) -> None:
    """With the company's name, a strict policy, and kept by no shared cache."""
    made, client, _ = asked
    page = await client.get(f"/wrapped/{made.link(1)}", headers=HTML)

    assert page.status_code == 200 and page.headers["content-type"] == "text/html; charset=utf-8"
    assert "Acme &amp; Söhne" in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert page.headers["cache-control"].startswith("private")
    assert page.headers.get_list("x-content-type-options") == ["nosniff"]
    assert customer(1) not in page.text


async def test_a_page_is_drawn_once_for_all_who_read_alike(asked: Asked) -> None:
    """Another language is another page, another company's name too."""
    made, client, site = asked
    key = made.link(1)
    for language in ("en", "en-GB", "de", "de-AT"):
        answer = await client.get(f"/wrapped/{key}", headers=HTML | {"Accept-Language": language})
        assert answer.status_code == 200

    assert len(site.drawn) == 2


async def test_a_card_is_drawn_once_and_not_sent_again(asked: Asked) -> None:
    """304 to a browser that has it."""
    made, client, site = asked
    url = f"/wrapped/{made.link(1)}/story.png"
    first = await client.get(url)
    again = await client.get(url, headers={"If-None-Match": first.headers["etag"]})

    assert first.content.startswith(b"\x89PNG") and first.headers["content-type"] == "image/png"
    assert (again.status_code, again.content) == (304, b"")
    assert len(site.drawn) == 1


async def test_a_card_is_one_drawing_whoever_asks(asked: Asked) -> None:
    """Cards have English numbers and are no text: whatever reader, under both names, also from a shared page, also at once."""
    made, client, site = asked
    key = made.link(1)
    shared = (await client.post(f"/wrapped/{key}/share")).json()["share_url"].rpartition("/w/")[2]
    short = (await client.get(f"/w/{shared}")).headers["location"]
    readers = [
        {"Accept-Language": language, "Accept-Encoding": packed}
        for language in ("en", "de", "fr-CH")
        for packed in ("gzip", "identity")
    ]
    paths = [f"/wrapped/{key}/story.png", f"/wrapped/{key}/cards/summary-1080x1920.png", f"{short}/story.png"]
    answers = await asyncio.gather(*(client.get(path, headers=how) for path in paths for how in readers))

    assert short != f"/wrapped/{key}"
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    assert len(site.drawn) == 1


async def test_a_player_gets_the_part_of_the_film_that_it_asks_for(asked: Asked) -> None:
    """And nothing at all of a film that it has; the film is kept on disk, not in the worker."""
    made, client, site = asked
    made.published.promoted[YEAR] = Version(1, {customer(1): IDLE})
    url = f"/wrapped/{made.link(1)}/story.mp4"
    part = await client.get(url, headers={"Range": "bytes=4-7"})
    again = await client.get(url, headers={"If-None-Match": part.headers["etag"]})

    assert (part.status_code, part.content, part.headers["content-type"]) == (206, b"ftyp", "video/mp4")
    assert (again.status_code, again.content) == (304, b"")


@asynccontextmanager
async def another_worker(
    asked: Asked, folder: Path, **limits: float
) -> AsyncIterator[tuple[httpx.AsyncClient, CountingFilms]]:
    """Of the same server: it remembers nothing yet, and has the same films."""
    pages, films = counting(folder, **limits)
    films.add_to(pages)
    parts = asked[0].app.parts
    app = App(replace(parts, proxy=replace(parts.proxy, pages=pages)))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://api.test") as client:
        yield client, films


def filmed(folder: Path, company: str, content: bytes, sha256: str = IDLE.sha256) -> None:
    """As if the film of this document and company had been made."""
    (folder / "films" / f"{name_of(sha256, company, 'light')}.mp4").write_bytes(content)


@contextmanager
def a_film_in_the_making(folder: Path) -> Iterator[None]:
    """As by another worker: its lock is held."""
    with (folder / "lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


async def test_a_film_that_is_there_waits_for_none_in_the_making(asked: Asked, tmp_path: Path) -> None:
    """Not in a worker that waits to make another one, and not in one that never saw it."""
    made, client, site = asked
    made.published.promoted[YEAR] = Version(1, {customer(1): IDLE})
    url = f"/wrapped/{made.link(1)}/story.mp4"
    filmed(tmp_path, "Acme & Söhne", b"a film")
    with a_film_in_the_making(tmp_path / "films"):
        waiting = asyncio.create_task(client.get(f"{url}?theme=dark"))
        while not site.drawn:
            await asyncio.sleep(0)
        here = await client.get(url)
        async with another_worker(asked, tmp_path) as (other, _):
            elsewhere = await other.get(url)
        assert not waiting.done()
    dark = await waiting

    assert [answer.status_code for answer in (here, elsewhere, dark)] == [200] * 3
    assert (here.content, elsewhere.content, dark.content[4:8]) == (b"a film", b"a film", b"ftyp")


async def test_a_film_that_is_there_is_read_and_never_laid_out(asked: Asked, tmp_path: Path) -> None:
    """Whatever language its parts are asked for in; another name or another document is another film."""
    made, client, site = asked
    again = Document(IDLE.content, "c" * 64)
    made.published.promoted[YEAR] = Version(1, {customer(1): IDLE, customer(2): IDLE, customer(3): again})
    url = f"/wrapped/{made.link(1)}/story.mp4"
    filmed(tmp_path, "Acme & Söhne", b"0123456789")
    filmed(tmp_path, "Other", b"another")
    filmed(tmp_path, "Acme & Söhne", b"a version later", again.sha256)
    parts = [
        await client.get(url, headers={"Range": f"bytes={at}-{at + 3}", "Accept-Language": language})
        for at, language in ((0, "en"), (4, "de"), (8, "fr"))
    ]
    others = [await client.get(f"/wrapped/{key}/story.mp4") for key in (made.link(2, "Other"), made.link(3))]

    assert [part.status_code for part in parts] == [206] * 3
    assert b"".join(part.content for part in parts) == b"0123456789"
    assert [each.content for each in others] == [b"another", b"a version later"]
    assert site.drawn == []


async def test_whoever_waits_too_long_for_a_film_is_told_when_to_ask_again(
    asked: Asked, tmp_path: Path
) -> None:
    """503, not the blame of 408; and every film that was asked for is made, also when nobody waits for it any more."""
    made, _, _ = asked
    made.published.promoted[YEAR] = Version(1, {customer(1): IDLE})
    url = f"/wrapped/{made.link(1)}/story.mp4"
    async with another_worker(asked, tmp_path, seconds=0) as (client, films):
        with a_film_in_the_making(tmp_path / "films"):
            late = [await client.get(url + query) for query in ("", "?theme=dark", "")]
        await asyncio.gather(*films._jobs.values())
        ready = [await client.get(url + query) for query in ("", "?theme=dark")]

    for answer in late:
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "10")
        assert answer.headers["cache-control"] == "no-store"
        assert answer.json()["error"] == "The film is not made yet; ask again"
    assert [answer.status_code for answer in ready] == [200, 200]


async def test_only_so_many_films_wait_to_be_made(asked: Asked, tmp_path: Path) -> None:
    """One more is refused at once; whoever asks for one that is waiting already waits with the others."""
    made, _, _ = asked
    made.published.promoted[YEAR] = Version(1, {customer(1): IDLE})
    url = f"/wrapped/{made.link(1)}/story.mp4"
    async with another_worker(asked, tmp_path, most_waiting=1) as (client, films):
        with a_film_in_the_making(tmp_path / "films"):
            waiting = [asyncio.create_task(client.get(url))]
            while not films._jobs:
                await asyncio.sleep(0)
            waiting.append(asyncio.create_task(client.get(url)))
            refused = await client.get(f"{url}?theme=dark")
        answers = await asyncio.gather(*waiting)

    assert (refused.status_code, refused.headers["retry-after"]) == (503, "10")
    assert [answer.status_code for answer in answers] == [200, 200]


async def test_only_its_own_address_is_a_film(asked: Asked) -> None:
    """Deeper, misspelled, in a theme that there is not, or of nobody: 404, and nothing is made."""
    made, client, site = asked
    url = f"/wrapped/{made.link(1)}"
    wrong = [
        f"{url}/cards/story.mp4",
        f"{url}/story.mp4/",
        f"{url}/story.mp4?theme=red",
        "/wrapped/x/story.mp4",
    ]

    assert [(await client.get(path)).status_code for path in wrong] == [404] * 4
    assert "film" not in site.drawn


async def test_a_card_is_light_or_dark_as_its_address_says(asked: Asked) -> None:
    """Each drawn once; what is neither is not found, and fills nothing however it is spelled."""
    made, client, site = asked
    url = f"/wrapped/{made.link(1)}/cards/summary-1200x630.png"
    light, same, dark = [await client.get(url + query) for query in ("", "?theme=light", "?theme=dark")]
    others = [await client.get(f"{url}?theme={n}", headers=HTML) for n in range(3)]

    assert light.content == same.content != dark.content
    assert [answer.status_code for answer in (light, dark, *others)] == [200, 200, 404, 404, 404]
    assert len({answer.content for answer in others}) == 1
    assert len(site.drawn) == 2 + 3


async def test_text_is_compressed_for_whoever_takes_it(asked: Asked) -> None:
    """The same bytes inside."""
    made, client, _ = asked
    url = f"/wrapped/{made.link(1)}"
    plain = await client.get(url, headers=HTML)
    async with client.stream("GET", url, headers=HTML | {"Accept-Encoding": "gzip"}) as answer:
        packed = b"".join([chunk async for chunk in answer.aiter_raw()])

    assert (
        answer.headers["content-encoding"] == "gzip" and "accept-encoding" in answer.headers["vary"].lower()
    )
    assert gzip.decompress(packed) == plain.content


async def test_every_refusal_is_the_same_page(asked: Asked) -> None:
    """Unknown, revoked, opted out, unpublished, a part that does not exist: status, headers and bytes; drawn once for all."""
    made, client, site = asked
    key = made.link(1)
    revoked = made.link(2)
    made.registry.revoke(revoked)
    made.registry.make_links(YEAR, {customer(3): "Other"})
    gone = made.link(3)
    made.registry.opt_out(customer(3))
    addresses = [
        "unknown",
        revoked,
        gone,
        made.link(77),
        f"{revoked}/story.png",
        "unknown/cards/summary-1080x1920.png",
    ]
    seen = set()
    for address in addresses:
        answer = await client.get(f"/wrapped/{address}", headers=HTML)
        headers = sorted((name, value) for name, value in answer.headers.items() if name != "x-request-id")
        seen.add((answer.status_code, str(headers), answer.content))

    assert len(seen) == 1 and next(iter(seen))[0] == 404
    assert len(site.drawn) == 1
    missing = await client.get(f"/wrapped/{key}/nothing.png", headers=HTML)
    assert (missing.status_code, missing.content) == (404, next(iter(seen))[2])


async def test_what_belongs_to_nobody_needs_no_key(asked: Asked) -> None:
    """Scripts and styles, kept for ever, and where the comparisons come from."""
    made, client, _ = asked
    page = await client.get(f"/wrapped/{made.link(1)}", headers=HTML)
    script = page.text.split('src="')[1].split('"')[0]
    found = await client.get(script)

    assert script.startswith("/static/") and found.headers["content-type"].startswith("text/javascript")
    assert "immutable" in found.headers["cache-control"]
    assert (await client.get("/static/nothing/x.js")).status_code == 404
    assert (await client.get("/wrapped/about/comparisons")).status_code == 200
