"""What a browser gets by the secret part of a page's address, and what everybody else gets: the same nothing."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from tests.api_world import YEAR, World, customer, version, world
from wrapped_assets.access.registry import Link, RegistryUnavailable
from wrapped_assets.serving.http.page_keys import PAUSE_SECONDS
from wrapped_assets.serving.proxy import SHARED_FOR

pytestmark = pytest.mark.anyio

JSON = {"Accept": "application/json"}
Asked = tuple[World, httpx.AsyncClient]


class Clock:
    """Time that passes only when somebody waits, or when a look-up takes long."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.waits: list[float] = []

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        """Note how long it would have been."""
        self.waits.append(seconds)
        self.now += seconds


class Slow:
    """A registry that takes its time."""

    def __init__(self, resolve: Callable[[str], Link | None], clock: Clock, took: float) -> None:
        self.resolve, self.clock, self.took = resolve, clock, took

    def __call__(self, url_key: str) -> Link | None:
        self.clock.now += self.took
        return self.resolve(url_key)


@pytest.fixture
def anyio_backend() -> str:
    """The loop that the server uses."""
    return "asyncio"


@pytest.fixture
def clock() -> Clock:
    """A clock that the test moves."""
    return Clock()


@pytest.fixture
async def asked(tmp_path: Path, clock: Clock) -> AsyncIterator[Asked]:
    """A world and a client of it."""
    with world(tmp_path, clock=clock, sleep=clock.sleep) as made:
        async with made.client() as client:
            yield made, client


class TestDocument:
    """`GET /wrapped/<url_key>` for programs."""

    async def test_it_is_the_published_bytes(self, asked: Asked) -> None:
        """Byte for byte, with the content address as its tag, for a short while."""
        made, client = asked
        document = made.published.promoted[YEAR].documents[customer(1)]
        answer = await client.get(f"/wrapped/{made.link(1)}", headers=JSON)

        assert (answer.status_code, answer.content) == (200, document.content)
        assert answer.headers["etag"] == f'"{document.sha256}"'
        assert answer.headers["cache-control"] == "private, max-age=60"
        assert answer.headers["vary"] == "Accept"

    async def test_it_is_not_sent_again(self, asked: Asked) -> None:
        """304 to whoever has it."""
        made, client = asked
        url = f"/wrapped/{made.link(1)}"
        tag = (await client.get(url, headers=JSON)).headers["etag"]

        for held in (tag, f"W/{tag}", f'"other", {tag}', "*"):
            again = await client.get(url, headers={**JSON, "If-None-Match": held})
            assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
        other = await client.get(url, headers={**JSON, "If-None-Match": '"other"'})
        assert other.status_code == 200

    async def test_its_content_address_never_changes(self, asked: Asked) -> None:
        """So a browser may keep it for ever; another address has nothing."""
        made, client = asked
        key, document = made.link(1), made.published.promoted[YEAR].documents[customer(1)]
        answer = await client.get(f"/wrapped/{key}/{document.sha256}.json")

        assert answer.content == document.content
        assert answer.headers["cache-control"] == "private, max-age=31536000, immutable"
        assert (await client.get(f"/wrapped/{key}/{'0' * 64}.json")).status_code == 404

    async def test_people_get_the_page(self, asked: Asked) -> None:
        """And its parts below its address."""
        made, client = asked
        key = made.link(1)
        page = await client.get(f"/wrapped/{key}", headers={"Accept": "text/html,*/*"})

        assert page.text == "<h1>Acme & Söhne</h1>"
        assert (await client.get(f"/wrapped/{key}/story.png")).content == b"a picture"
        assert (await client.get(f"/wrapped/{key}/other.png")).status_code == 404

    async def test_a_promotion_is_seen_soon(self, asked: Asked, clock: Clock) -> None:
        """The old document is shown for less than half a second more."""
        made, client = asked
        url = f"/wrapped/{made.link(1)}"
        before = (await client.get(url, headers=JSON)).json()["requests"]
        made.published.promoted[YEAR] = version(2)
        clock.now += 0.5

        assert (before, (await client.get(url, headers=JSON)).json()["requests"]) == (1001, 1002)


class TestParts:
    """`/api/*`, for the page's own script."""

    async def test_stats_are_the_document(self, asked: Asked) -> None:
        """The very bytes and tag that a program gets under the page's address."""
        made, client = asked
        answer = await client.get("/api/stats", params={"url_key": made.link(1)})
        document = await client.get(f"/wrapped/{made.link(1)}", headers=JSON)

        assert (answer.content, answer.headers["etag"]) == (document.content, document.headers["etag"])
        assert answer.json() == {"year": YEAR, "through": "2025-12-31T23:59:59.999Z", "requests": 1001}
        assert customer(1) not in answer.text + str(answer.headers)

    async def test_organization_is_a_name_and_a_year(self, asked: Asked) -> None:
        """Nothing internal."""
        made, client = asked
        answer = await client.get("/api/organization", params={"url_key": made.link(1)})

        assert answer.json() == {"name": "Acme & Söhne", "year": YEAR, "through": "2025-12-31T23:59:59.999Z"}

    @pytest.mark.parametrize("path", ["/api/stats", "/api/organization"])
    async def test_without_a_key_it_says_so(self, asked: Asked, path: str) -> None:
        """400."""
        answer = await asked[1].get(path)

        assert (answer.status_code, answer.json()["error"]) == (
            400,
            "The parameter 'url_key' is missing, expected String",
        )


class TestShortLinks:
    """`/w/<short>`."""

    async def test_a_share_link_leads_to_an_address_of_its_own(self, asked: Asked) -> None:
        """It stands under the public address and says when it ends; what it leads to is the page, and does not tell the page's own address."""
        made, client = asked
        key = made.link(1)
        told = (await client.post(f"/wrapped/{key}/share")).json()
        share_url = told["share_url"]
        answer = await client.get(share_url.removeprefix("https://wrapped.test"))

        assert set(told) == {"share_url", "expires_at"} and told["expires_at"].endswith("Z")
        assert share_url.startswith("https://wrapped.test/w/")
        place = answer.headers["location"]
        assert (
            answer.status_code == 302
            and place.startswith("/wrapped/acme-sohne-")
            and place != f"/wrapped/{key}"
        )
        for path in (place, f"{place}/story.png", f"/api/stats?url_key={place.rpartition('/')[2]}"):
            assert (await client.get(path)).status_code == 200
        assert (await client.post(f"{place}/share")).json() == told

    @pytest.mark.parametrize("end", ["over", "revoked", "opted out"])
    async def test_when_a_share_ends_all_of_it_does(self, asked: Asked, clock: Clock, end: str) -> None:
        """The link and what it led to are the one answer to everything that is not there."""
        made, client = asked
        key = made.link(1)
        share_url = (await client.post(f"/wrapped/{key}/share")).json()["share_url"]
        short = share_url.removeprefix("https://wrapped.test")
        place = (await client.get(short)).headers["location"]
        assert (await client.get(place, headers=JSON)).status_code == 200
        if end == "over":
            made.registry._clock = lambda: datetime.now(UTC) + SHARED_FOR
        elif end == "revoked":
            made.registry.revoke(key)
        else:
            made.registry.opt_out(customer(1))
        clock.now += 1
        unknown = await client.get("/wrapped/unknown", headers=JSON)

        for path in (short, place, f"{place}/story.png", f"/api/stats?url_key={place.rpartition('/')[2]}"):
            answer = await client.get(path, headers=JSON)
            assert (answer.status_code, answer.content) == (404, unknown.content), path
        assert (await client.post(f"{place}/share")).status_code == 404

    async def test_it_does_not_believe_the_host_header(self, asked: Asked) -> None:
        """A share link never leads to somebody else's machine."""
        made, client = asked
        told = await client.post(f"/wrapped/{made.link(1)}/share", headers={"Host": "evil.test"})

        assert "evil" not in told.text


REFUSED = ["unknown", "revoked", "opted out", "unpublished", "of another year", "empty", "long", "odd"]


async def refused_key(made: World, why: str, client: httpx.AsyncClient) -> str:
    """A key that shows nothing, for this reason; two of the reasons come after it was shown."""
    if why == "unknown":
        key = made.link(1)
        return key[:-1] + ("1" if key.endswith("0") else "0")
    if why == "unpublished":
        return made.link(77)
    if why == "of another year":
        made.registry.make_links(2019, {customer(1): "Acme"})
        return next(each.url_key for each in made.registry.links_of_subject(customer(1)) if each.year == 2019)
    if why in ("empty", "long", "odd"):
        return {"empty": "%20", "long": "a" * 5000, "odd": "%00'%3B--"}[why]
    key = made.link(2)
    assert (await client.get(f"/wrapped/{key}", headers=JSON)).status_code == 200
    if why == "revoked":
        made.registry.revoke(key)
    else:
        made.registry.opt_out(customer(2))
    return key


class TestNothingToSee:
    """Unknown, revoked, opted out and unpublished are one."""

    async def test_all_refusals_are_the_same_bytes(self, asked: Asked, clock: Clock) -> None:
        """For each way in: status, headers and body are those of a key that nobody ever had."""
        made, client = asked
        for way in (
            "/wrapped/{}",
            "/wrapped/{}/story.png",
            "/api/stats?url_key={}",
            "/api/organization?url_key={}",
        ):
            seen = set()
            for why in REFUSED:
                key = await refused_key(made, why, client)
                clock.now += 1
                answer = await client.get(way.format(key), headers=JSON)
                headers = {name: value for name, value in answer.headers.items() if name != "x-request-id"}
                seen.add((answer.status_code, json.dumps(headers), answer.content))
                made.registry.opt_in(customer(2))
            assert len(seen) == 1, way
            assert next(iter(seen))[0] == 404

    @pytest.mark.parametrize("why", REFUSED)
    @pytest.mark.parametrize("took", [0.0, 0.004, 0.0249, 0.06])
    async def test_all_refusals_take_the_same_time(
        self, asked: Asked, clock: Clock, why: str, took: float, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """However long the look-up takes, the answer comes at a multiple of one pause after the question."""
        made, client = asked
        key = await refused_key(made, why, client)
        clock.now += 1
        links = made.app.parts.proxy.keys.links
        monkeypatch.setattr(links, "resolve", Slow(links.resolve, clock, took))
        asked_at, clock.waits = clock.now, []
        answer = await client.get(f"/wrapped/{key}", headers=JSON)

        assert answer.status_code == 404
        assert len(clock.waits) == 1
        pauses = (clock.now - asked_at) / PAUSE_SECONDS
        assert pauses == pytest.approx(round(pauses)) and round(pauses) == int(took / PAUSE_SECONDS) + 1

    async def test_a_revocation_counts_within_a_second(self, asked: Asked, clock: Clock) -> None:
        """Also for a page that was shown a moment ago."""
        made, client = asked
        key = await refused_key(made, "revoked", client)
        clock.now += 0.5

        assert (await client.get(f"/wrapped/{key}", headers=JSON)).status_code == 404

    async def test_a_short_link_to_nothing(self, asked: Asked, clock: Clock) -> None:
        """Unknown or revoked, it is the same nothing; so is sharing it."""
        made, client = asked
        share = (await client.post(f"/wrapped/{made.link(2)}/share")).json()["share_url"]
        key = await refused_key(made, "revoked", client)
        clock.now += 1
        short = share.removeprefix("https://wrapped.test")
        answers = [
            await client.get(short, headers=JSON),
            await client.get("/w/unknown", headers=JSON),
            await client.post(f"/wrapped/{key}/share"),
        ]

        assert {(answer.status_code, answer.content) for answer in answers} == {(404, answers[0].content)}

    async def test_a_person_who_follows_a_link_that_ended_is_shown_the_page_that_says_so(
        self, asked: Asked, clock: Clock
    ) -> None:
        """Byte for byte the one that an unknown address shows, after the same pause."""
        made, client = asked
        share = (await client.post(f"/wrapped/{made.link(2)}/share")).json()["share_url"]
        made.registry.revoke(made.link(2))
        clock.now += 1
        asked_before = len(clock.waits)
        paths = (share.removeprefix("https://wrapped.test"), "/w/unknown", "/wrapped/unknown")
        answers = [await client.get(path) for path in paths]

        told = [
            {name: value for name, value in answer.headers.items() if name != "x-request-id"}
            for answer in answers
        ]
        assert {(answer.status_code, answer.content) for answer in answers} == {(404, answers[2].content)}
        assert told == [told[2]] * 3
        assert b"Nothing here" in answers[0].content
        assert len(clock.waits) == asked_before + 3


async def test_a_page_asked_for_by_many_is_looked_up_once(
    asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A link that goes round costs the registry one question."""
    made, client = asked
    key, questions = made.link(1), list[str]()
    links = made.app.parts.proxy.keys.links
    resolve = links.resolve

    def noting(url_key: str) -> Link | None:
        questions.append(url_key)
        return resolve(url_key)

    monkeypatch.setattr(links, "resolve", noting)
    answers = await asyncio.gather(*(client.get(f"/wrapped/{key}", headers=JSON) for _ in range(50)))

    assert {answer.status_code for answer in answers} == {200}
    assert questions == [key]


async def test_what_cannot_be_a_key_is_not_asked_for(asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    """PostgreSQL refuses a NUL: that would be another answer than that of an unknown key."""
    made, client = asked
    links, questions = made.app.parts.proxy.keys.links, list[str]()
    monkeypatch.setattr(links, "resolve", questions.append)
    monkeypatch.setattr(links, "resolve_short", questions.append)
    for odd in ("%00", "a%00b", "%ff", "A", "x" * 5000, "%F0%9F%98%80", "a b"):
        for way in ("/wrapped/{}", "/w/{}", "/api/stats?url_key={}"):
            answer = await client.get(way.format(odd), headers=JSON)
            assert answer.status_code == 404 or (odd == "%ff" and "?" in way)

    assert set(questions) == {"-"}


async def test_a_registry_that_does_not_answer_is_no_defect(
    asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    """503, with when to come again, and none of its words."""
    made, client = asked

    def fail(*_: object) -> None:
        raise RegistryUnavailable("postgresql://host:5432/db", "connection refused")

    monkeypatch.setattr(made.app.parts.proxy.keys.links, "resolve", fail)
    answer = await client.get("/wrapped/somebody", headers=JSON)

    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert "host" not in answer.text


async def test_what_is_remembered_is_bounded(asked: Asked) -> None:
    """Whoever guesses keys fills no memory: only pages that exist are remembered."""
    made, client = asked
    keys = made.app.parts.proxy.keys
    for number in range(50):
        await client.get(f"/wrapped/nobody-{number}", headers=JSON)

    assert not keys._remembered and not keys._asked
