"""How many requests a token's name may make, counted in memory and in a real Redis."""

import logging
import threading
import time
from collections.abc import Iterator

import pytest

from tests.databases import Redis
from wrapped_assets.serving.http.rate_limits import Limits, Verdict


class Seconds:
    """A clock for everything that counts."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def seconds(monkeypatch: pytest.MonkeyPatch) -> Seconds:
    """The time, as limits sees it."""
    clock = Seconds()

    class Time:
        """Stands for the module."""

        time = staticmethod(clock)

    for module in (
        "limits.storage.memory",
        "limits.storage.redis",
        "wrapped_assets.serving.http.rate_limits",
    ):
        monkeypatch.setattr(f"{module}.time", Time)
    return clock


@pytest.fixture(params=["memory", "redis"])
def url(request: pytest.FixtureRequest) -> str:
    """Where requests are counted: each place in turn, empty."""
    if request.param == "memory":
        return "memory://"
    server: Redis = request.getfixturevalue("redis_server")
    return server.url


@pytest.fixture
def limits(url: str, seconds: Seconds) -> Iterator[Limits]:
    """Counters."""
    opened = Limits.open(url)
    yield opened
    opened.close()


def test_so_many_in_a_second_and_no_more(limits: Limits, seconds: Seconds) -> None:
    """The numbers say how many are left and when there is room again."""
    verdicts = []
    for _ in range(4):
        verdicts.append(limits.hit("acme", 3))
        seconds.now += 0.1

    assert verdicts == [
        Verdict(True, 3, 2, 1),
        Verdict(True, 3, 1, 1),
        Verdict(True, 3, 0, 1),
        Verdict(False, 3, 0, 1),
    ]
    allowed, refused = verdicts[0], verdicts[3]
    assert allowed and refused
    assert allowed.headers == {
        "X-RateLimit-Limit": "3",
        "X-RateLimit-Remaining": "2",
        "X-RateLimit-Reset": "1",
    }
    assert refused.headers == {
        "X-RateLimit-Limit": "3",
        "X-RateLimit-Remaining": "0",
        "X-RateLimit-Reset": "1",
        "Retry-After": "1",
    }


def test_never_more_in_any_second(limits: Limits, seconds: Seconds) -> None:
    """Hammered every 10 ms for three seconds: whichever second is cut out, it holds five; no second is left unused."""
    at = []
    for _ in range(300):
        verdict = limits.hit("acme", 5)
        if verdict and verdict.allowed:
            at.append(seconds.now)
        seconds.now += 0.01

    assert len(at) == 15
    assert all(later - earlier > 0.999 for earlier, later in zip(at, at[5:], strict=False))


def test_around_the_edge_of_a_second_no_more_get_through(limits: Limits, seconds: Seconds) -> None:
    """Who comes late in one second finds as much less room in the next."""
    allowed = []
    for wait, requests in ((0.0, 1), (0.9, 4), (0.11, 5)):
        seconds.now += wait
        verdicts = [limits.hit("acme", 5) for _ in range(requests)]
        allowed.append(sum(verdict is not None and verdict.allowed for verdict in verdicts))

    assert allowed == [1, 4, 1]


def test_names_are_counted_apart_and_tokens_of_one_name_together(limits: Limits) -> None:
    """Who uses up its own limit uses up nobody else's, whatever it is called."""
    strange = "ü/:{}*\u2603 " + "x" * 150
    for name in ("acme", "other", strange):
        assert [
            bool(verdict and verdict.allowed) for verdict in (limits.hit(name, 1), limits.hit(name, 1))
        ] == [True, False]


def test_without_a_limit_nothing_is_counted(limits: Limits) -> None:
    """No numbers, no headers."""
    assert all(limits.hit("acme", None) is None for _ in range(1000))


def test_workers_share_what_redis_counts(redis_server: Redis, seconds: Seconds) -> None:
    """Three workers with one Redis let through as many as one."""
    workers = [Limits.open(redis_server.url) for _ in range(3)]
    verdicts = [workers[turn % 3].hit("acme", 10) for turn in range(30)]

    assert sum(bool(verdict and verdict.allowed) for verdict in verdicts) == 10
    for worker in workers:
        worker.close()


def test_threads_are_counted_one_by_one(limits: Limits) -> None:
    """Eight at once are not let through twice."""
    allowed: list[bool] = []

    def ask() -> None:
        for _ in range(50):
            verdict = limits.hit("acme", 100)
            allowed.append(bool(verdict and verdict.allowed))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (len(allowed), sum(allowed)) == (400, 100)


def test_a_redis_that_is_gone_fails_no_request(redis_server: Redis, caplog: pytest.LogCaptureFixture) -> None:
    """Each worker counts by itself meanwhile, asks it no more than every five seconds, and says so without its password."""
    elapsed = [0.0]
    limits = Limits.open(redis_server.url)
    limits._monotonic = lambda: elapsed[0]
    assert limits.hit("acme", 2) is not None
    redis_server.kill()

    with caplog.at_level(logging.WARNING):
        started = time.perf_counter()
        verdicts = [limits.hit("gone", 2) for _ in range(500)]
        assert time.perf_counter() - started < 0.9
    assert [verdict.allowed for verdict in verdicts[:3] if verdict] == [True, True, False]
    assert len(caplog.records) == 1 and "secret" not in caplog.text

    redis_server.start()
    elapsed[0] = 5.0
    assert limits.hit("back", 2) == Verdict(True, 2, 1, 1)
    other = Limits.open(redis_server.url)
    assert other.hit("back", 2) == Verdict(True, 2, 0, 1)
    limits.close()
    other.close()


def test_a_redis_that_hangs_holds_up_no_request(redis_server: Redis) -> None:
    """A quarter of a second once, on a connection that was open before; then it is left alone."""
    limits = Limits.open(redis_server.url)
    limits.hit("acme", 5)
    redis_server.freeze()

    started = time.perf_counter()
    assert all(limits.hit("hanging", 1000) for _ in range(100))
    assert time.perf_counter() - started < 2.0
    limits.close()


def test_a_redis_that_was_never_there_is_no_reason_not_to_start() -> None:
    """Opening asks nobody."""
    limits = Limits.open("redis://127.0.0.1:1/0")
    assert limits.hit("acme", 1) == Verdict(True, 1, 0, 1)
    limits.close()
