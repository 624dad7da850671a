"""What the API tells the people who run it: health, numbers, a line for each request; and what it never tells anybody."""

import asyncio
import io
import json
import re
import threading
import time
from collections.abc import AsyncIterator, Mapping, MutableMapping
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.api_world import BY_DAY, SUMMARY, YEAR, World, customer, version, world
from wrapped_assets.serving import operations
from wrapped_assets.serving.http.access_log import AccessLog, digest
from wrapped_assets.serving.http.rate_limits import Limits
from wrapped_assets.serving.live.follower import Follower
from wrapped_assets.serving.live.shelf import Edition
from wrapped_assets.snapshot.following import FollowReport

pytestmark = pytest.mark.anyio
Asked = tuple[World, httpx.AsyncClient]


@pytest.fixture
def anyio_backend() -> str:
    """The loop that the server uses."""
    return "asyncio"


@pytest.fixture
async def asked(tmp_path: Path) -> AsyncIterator[Asked]:
    """A world and a client of it."""
    with world(tmp_path) as made:
        async with made.client() as client:
            yield made, client


async def numbers(client: httpx.AsyncClient) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    """Every number of /metrics by name and labels."""
    page = (await client.get("/metrics")).text
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(page)
        for sample in family.samples
    }


async def test_health_is_that_it_answers(asked: Asked) -> None:
    """Even when nothing is published."""
    asked[0].shelf.close()

    assert (await asked[1].get("/healthz")).json() == {"status": "ok"}


async def test_ready_is_that_an_edition_can_be_asked(asked: Asked) -> None:
    """It names the versions; before the first it is 503."""
    made, client = asked
    ready = await client.get("/readyz")
    made.shelf.close()
    waiting = await client.get("/readyz")

    assert (ready.status_code, ready.json()) == (200, {"status": "ready", "editions": {str(YEAR): 1}})
    assert (waiting.status_code, waiting.json()["status"]) == (503, "waiting")


async def test_ready_is_that_landing_was_caught_up_with(
    asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For ten seconds it waits; then it says that it never saw landing whole, or how long ago it did."""
    made, client = asked
    edition = made.shelf._editions[YEAR]
    edition.complete_at, edition.opened_at = 0.0, 1000.0
    clock = [1009.0]
    monkeypatch.setattr(operations, "time", SimpleNamespace(time=lambda: clock[0]))
    told = []
    for now, complete_at in ((1009.0, 0.0), (1011.0, 0.0), (1011.0, 1005.0), (1040.0, 1005.0)):
        clock[0], edition.complete_at = now, complete_at
        answer = await client.get("/readyz")
        told.append(
            (answer.status_code, answer.json()["status"], answer.json().get("landing_seen_seconds_ago"))
        )

    assert told == [
        (503, "catching up", {str(YEAR): None}),
        (200, "late", {str(YEAR): None}),
        (200, "ready", None),
        (200, "late", {str(YEAR): 35}),
    ]


async def test_a_failing_store_is_told_and_stays_ready(asked: Asked) -> None:
    """What is served is served; an alert can be made of the metric."""
    made, client = asked
    made.published.failure = OSError("/srv/secret")
    made.shelf.look()
    made.metrics.editions(made.shelf.editions, bool(made.shelf.trouble))
    ready = await client.get("/readyz")

    assert ready.status_code == 200 and ready.json()["trouble"].endswith("OSError")
    assert (await numbers(client))["wrapped_trouble", frozenset()] == 1


async def test_requests_are_counted_by_route_endpoint_and_status(asked: Asked) -> None:
    """As are their seconds."""
    made, client = asked
    for number in (1, 2, 3):
        await client.get(f"/v0/pipes/{BY_DAY}.json?wrapped_id={customer(number)}&token={made.token()}")
    found = await numbers(client)
    route = "/v0/pipes/{name}.{format}"

    labels = frozenset({("route", route), ("method", "GET"), ("status", "200")})
    assert found["wrapped_requests_total", labels] == 3
    assert found["wrapped_pipe_requests_total", frozenset({("pipe", BY_DAY), ("status", "200")})] == 3
    assert found["wrapped_request_seconds_count", frozenset({("route", route)})] == 3


async def test_labels_have_few_values_whatever_is_asked(asked: Asked) -> None:
    """A thousand paths, names and methods make no new series."""
    made, client = asked
    token = made.token()
    before = len(await numbers(client))
    for number in range(50):
        await client.get(f"/{number}")
        await client.get(f"/v0/pipes/pipe-{number}.json?token={token}")
        await client.get(f"/wrapped/key-{number}")
        await client.request(f"METHOD{number}", "/healthz")
    after = await numbers(client)

    assert len(after) - before < 100
    values = {value for _, labels in after for _, value in labels}
    assert not [value for value in values if re.search(r"(key|pipe)-\d|METHOD|/\d", value)]


async def test_the_follower_takes_promotions_up(asked: Asked) -> None:
    """By itself, and tells the numbers."""
    made, client = asked
    seen = threading.Event()
    follower = Follower(made.shelf, made.metrics, look_seconds=0.01, follow_seconds=0.01)
    made.published.promoted[YEAR] = version(7)
    tell = made.metrics.editions

    def telling(editions: Mapping[int, Edition], trouble: bool) -> None:
        tell(editions, trouble)
        if editions[YEAR].version.number == 7 and editions[YEAR].complete_at:
            seen.set()

    made.metrics.editions = telling  # type: ignore[method-assign]
    follower.start()
    assert seen.wait(10)
    follower.stop()

    found = await numbers(client)
    assert found["wrapped_edition_version", frozenset({("year", str(YEAR))})] == 7
    assert ("wrapped_landing_files", frozenset({("year", str(YEAR)), ("outcome", "taken")})) in found
    assert (
        time.time() - 60
        < found["wrapped_landing_complete_timestamp_seconds", frozenset({("year", str(YEAR))})]
        <= time.time()
    )


async def started(made: World, follower: Follower) -> AsyncIterator[str]:
    """What the application says of its start and its end, in the server's protocol; asked on after each word."""
    made.app.parts = replace(made.app.parts, follower=follower)
    asks: asyncio.Queue[dict[str, str]] = asyncio.Queue()
    says: asyncio.Queue[str] = asyncio.Queue()

    async def send(message: MutableMapping[str, Any]) -> None:
        await says.put(message["type"])

    living = asyncio.ensure_future(made.app({"type": "lifespan"}, asks.get, send))
    for word in ("startup", "shutdown"):
        await asks.put({"type": f"lifespan.{word}"})
        yield await says.get()
    await living


async def test_a_worker_that_starts_listens_once_it_can_answer(asked: Asked) -> None:
    """The server lets nobody in before the start is complete: by then the edition is open and was caught up with landing."""
    made, client = asked
    made.shelf._editions = {}
    words = started(made, Follower(made.shelf, made.metrics))

    assert await anext(words) == "lifespan.startup.complete"
    assert (await client.get("/readyz")).json()["editions"] == {str(YEAR): 1}
    assert made.lives[-1].follows == 1
    assert (await numbers(client))["wrapped_edition_version", frozenset({("year", str(YEAR))})] == 1
    assert [word async for word in words] == ["lifespan.shutdown.complete"]


async def test_a_worker_starts_where_nothing_is_promoted_or_the_store_is_away(asked: Asked) -> None:
    """It says so under /readyz, and takes the first promotion up by itself."""
    made, client = asked
    made.shelf._editions, made.published.failure = {}, OSError("away")
    words = started(made, Follower(made.shelf, made.metrics))

    assert await anext(words) == "lifespan.startup.complete"
    assert (await client.get("/readyz")).status_code == 503
    assert [word async for word in words] == ["lifespan.shutdown.complete"]


async def test_a_start_waits_for_a_slow_landing_only_so_long(asked: Asked) -> None:
    """Pages and old answers are better than none."""
    made, client = asked
    go_on = threading.Event()
    made.lives[0].follow = lambda seconds=None: go_on.wait(30) and FollowReport()  # type: ignore
    follower = Follower(made.shelf, made.metrics)
    waited: list[bool] = []
    wait = follower.wait
    follower.wait = lambda seconds=0.0: waited.append(wait(seconds)) or waited[-1]  # type: ignore
    words = started(made, follower)

    assert await anext(words) == "lifespan.startup.complete"
    assert waited == [False]
    assert (await client.get("/readyz")).json()["editions"] == {str(YEAR): 1}
    go_on.set()
    assert [word async for word in words] == ["lifespan.shutdown.complete"]


async def everything_asked(made: World, client: httpx.AsyncClient) -> tuple[list[str], list[str]]:
    """Uses every way in with good and bad input; returns all that was answered, and the secrets that were sent."""
    key, token, admin = made.link(1), made.token(wrapped_id=customer(1)), made.admin()
    created = await client.post(
        f"/v0/tokens?token={admin}",
        json={"name": "new", "scopes": [{"type": "PIPES:READ", "resource": SUMMARY}]},
    )
    fresh = created.json()["token"]
    share = (await client.post(f"/wrapped/{key}/share")).json()["share_url"].rpartition("/")[2]
    bearer = {"Authorization": f"Bearer {token}"}
    requests: list[tuple[str, str, dict[str, Any]]] = [
        ("GET", f"/v0/pipes/{SUMMARY}.json?token={token}", {}),
        ("GET", f"/v0/pipes/{SUMMARY}.json?token={token[:-3]}abc", {}),
        ("GET", f"/v0/pipes/{SUMMARY}.json?token={token}&year={token}", {}),
        ("GET", f"/v0/pipes/{token}.json?token={admin}", {}),
        ("GET", f"/v0/pipes/{BY_DAY}.csv?limit={token}", {"headers": bearer}),
        ("GET", f"/v0/pipes/{SUMMARY}.json?q={token}", {"headers": bearer}),
        ("POST", f"/v0/pipes/{SUMMARY}.json", {"headers": bearer, "json": {"wrapped_id": customer(2)}}),
        ("POST", f"/v0/pipes/{SUMMARY}.json", {"headers": bearer, "content": b"{" + token.encode()}),
        ("GET", f"/v0/pipes?token={token}", {}),
        ("GET", f"/v0/pipes/{SUMMARY}?token={token}", {}),
        ("GET", f"/v0/tokens?token={admin}", {}),
        ("GET", f"/v0/tokens?token={token}", {}),
        ("DELETE", f"/v0/tokens/{fresh}?token={admin}", {}),
        ("DELETE", f"/v0/tokens/{fresh}?token={admin}", {}),
        ("GET", f"/wrapped/{key}", {}),
        ("GET", f"/wrapped/{key}/{token}.png", {}),
        ("GET", f"/w/{share}", {}),
        ("GET", f"/api/stats?url_key={key}&token={token}", {}),
        ("GET", f"/api/organization?url_key={key}", {}),
        ("GET", f"/{token}", {}),
        ("GET", "/healthz", {"headers": {"x-request-id": token, "user-agent": token, "referer": token}}),
        ("GET", "/readyz", {}),
        ("GET", "/metrics", {}),
        ("POST", "/mcp", {"headers": bearer, "content": token.encode()}),
        ("PATCH", f"/v0/pipes/{token}", {}),
        ("OPTIONS", f"/v0/pipes/{token}.json", {}),
    ]
    answers = []
    for method, url, request in requests:
        answer = await client.request(method, url, **request)
        answers.append(f"{answer.headers} {answer.text}")
    return answers, [token, admin, fresh, token[:-3] + "abc", share, key]


async def test_no_answer_log_or_number_holds_a_secret(asked: Asked) -> None:
    """Tokens, the secret, internal ids, paths of files, url_keys: in the log and the metrics never, in an answer only what it is about."""
    made, client = asked
    made.lives[0].run = _failing  # type: ignore[method-assign, assignment]
    answers, secrets = await everything_asked(made, client)
    metrics = (await client.get("/metrics")).text
    made.app.parts.access_log.close()  # type: ignore[union-attr]
    log = made.log.getvalue()

    assert len(log.splitlines()) > 25
    for secret in [*secrets, *(each.rpartition(".")[2] for each in secrets if "." in each)]:
        assert secret not in log and secret not in metrics
    for secret in secrets[:4]:
        assert not [answer for answer in answers if secret in answer]
    for never in (
        "a secret of at least",
        "organization_id",
        "org-internal",
        "/root",
        "/work",
        "/tmp",
        "site-packages",
        "Traceback",
    ):
        assert never not in log + metrics + "".join(answers)
    assert not re.search(r"\?|%3F|&", log), "a query string"


def _failing(*_: object) -> None:
    raise RuntimeError("organization_id org-internal in /tmp/x.duckdb")


async def test_a_line_tells_what_happened_in_words_of_ours(asked: Asked) -> None:
    """Route, status, time, rows; the caller and the key as digests."""
    made, client = asked
    key = made.link(1)
    await client.get(
        f"/v0/pipes/{BY_DAY}.json?wrapped_id={customer(1)}&limit=3&token={made.token(name='ana')}"
    )
    await client.get(f"/wrapped/{key}")
    made.app.parts.access_log.close()  # type: ignore[union-attr]
    rows, page = made.logged()

    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", rows["time"])
    assert (rows["method"], rows["route"], rows["status"]) == ("GET", "/v0/pipes/{name}.{format}", 200)
    assert (rows["pipe"], rows["rows"], rows["rows_read"], rows["caller"]) == (BY_DAY, 3, 10, digest("ana"))
    assert 0 < rows["seconds"] < 10 and rows["bytes"] > 100
    assert (page["route"], page["key"]) == ("/wrapped/{url_key}", digest(key))


class Stuck(io.StringIO):
    """A log whose reader does not read."""

    def __init__(self) -> None:
        super().__init__()
        self.reads = threading.Event()

    def write(self, text: str) -> int:
        """Wait for the reader."""
        self.reads.wait(10)
        return super().write(text)


def test_a_stuck_log_slows_nothing_and_loses_what_it_counts() -> None:
    """Lines wait, so many and no more; the rest is counted."""
    stream, lost = Stuck(), list[int]()
    log = AccessLog(stream, lost.append, most_waiting=10)
    for _ in range(1000):
        log.add('{"a": 1}\n')
    stream.reads.set()
    log.close()

    written = stream.getvalue().splitlines()
    assert [json.loads(line) for line in written] == [{"a": 1}] * len(written)
    assert len(written) + sum(lost) == 1000 and sum(lost) > 900


async def test_a_worker_that_ends_gives_its_connections_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those of the limits too, which may be Redis'."""
    closed: list[bool] = []
    monkeypatch.setattr(Limits, "close", lambda self: closed.append(True))
    with world(tmp_path) as made:
        async with made.client():
            assert closed == []
        assert closed == [True]
