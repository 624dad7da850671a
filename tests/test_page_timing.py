"""Whoever tries addresses learns nothing from how long the answers take, also when what is published lies in a slow bucket.

Time here passes only when the store answers and when somebody waits.
"""

import hashlib
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.api_world import YEAR
from tests.published_editions import Counted, Edition
from wrapped_assets.access.registry import Registry
from wrapped_assets.editions import Published, Publisher
from wrapped_assets.editions.store import Store
from wrapped_assets.serving.http.page_keys import Keys
from wrapped_assets.serving.http.problems import Problem
from wrapped_assets.serving.http.threads import Threads

pytestmark = [pytest.mark.anyio, pytest.mark.proof]

KINDS = (
    "unknown",
    "revoked",
    "opted out",
    "not in the edition",
    "of a year that is not published",
    "no key at all",
)
SUBJECTS = [f"{number:08x}-0000-8000-8000-{number:012x}" for number in range(400)]


@pytest.fixture
def anyio_backend() -> str:
    """The loop that the server uses."""
    return "asyncio"


@dataclass
class Clock:
    """Time that others let pass."""

    now: float = 1000.0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        """Nobody really waits."""
        self.now += seconds


@dataclass
class Tried:
    """What somebody who tries keys works with: a fresh worker over a store that takes some milliseconds for each answer."""

    keys: Keys
    clock: Clock

    async def seconds(self, ask: Callable[[Keys], Awaitable[object]]) -> float:
        """How long until the one answer that all refused keys get."""
        asked_at = self.clock.now
        with pytest.raises(Problem) as refused:
            await ask(self.keys)
        assert refused.value.status == 404
        return round(self.clock.now - asked_at, 6)


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[Registry]:
    """A link for each of 400 customers, of this year and of the next."""
    with Registry.open(f"sqlite:///{tmp_path / 'registry.db'}") as opened:
        for year in (YEAR, YEAR + 1):
            opened.make_links(year, dict.fromkeys(SUBJECTS, "Acme"))
        yield opened


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """This year is published, for the first 300 customers, with an index of sixteen pieces."""
    store = Store(f"file://{tmp_path / 'published'}")
    publisher = Publisher(store)
    publisher.publish(Edition(dict.fromkeys(SUBJECTS[:300], b"{}")).contents())
    publisher.promote(YEAR)
    return tmp_path / "published"


def worker(registry: Registry, folder: Path, took: float) -> Tried:
    """A worker that has just started, and a store that needs `took` seconds for everything."""
    clock, store = Clock(), Counted(Store(f"file://{folder}"))
    published = Published(store, clock=clock)
    assert published.current(YEAR)  # the shelf opened it

    def pass_time(call: str) -> None:
        clock.now += took

    store.before_each = pass_time
    return Tried(Keys(registry, published, Threads(2), lambda: [YEAR], clock, clock.sleep), clock)


def keys_of(registry: Registry, kind: str) -> list[tuple[str, str]]:
    """url_keys and short links of this kind."""
    some = {
        "revoked": (YEAR, SUBJECTS[:40]),
        "opted out": (YEAR, SUBJECTS[40:80]),
        "not in the edition": (YEAR, SUBJECTS[300:340]),
        "of a year that is not published": (YEAR + 1, SUBJECTS[100:140]),
    }
    if kind == "no key at all":
        return [(f"NO KEY {number}", f"NO KEY {number}") for number in range(40)]
    if kind == "unknown":
        names = [hashlib.sha256(f"{number}".encode()).hexdigest() for number in range(40)]
        return [(f"acme-{name[:20]}", name[:14]) for name in names]
    year, subjects = some[kind]
    links = [link for link in registry.links_of_edition(year) if link.subject in subjects]
    for link in links:
        if kind == "revoked":
            registry.revoke(link.url_key)
        elif kind == "opted out":
            registry.opt_out(link.subject)
    return [(link.url_key, link.short) for link in links]


@pytest.mark.parametrize("took", [0.0, 0.004, 0.04, 0.4])
@pytest.mark.parametrize("way", ["page", "short"])
async def test_refused_keys_take_the_same_time_on_any_store(
    registry: Registry, folder: Path, way: str, took: float
) -> None:
    """Asked for the first time, at once again, and after some seconds: the same times for every reason."""
    first, again, later = {}, {}, {}
    for kind in KINDS:
        tried = worker(registry, folder, took)

        key, short = keys_of(registry, kind)[0]
        ask = partial(Keys.page, url_key=key) if way == "page" else partial(Keys.url_key_of, short=short)
        tried.clock.now += 5  # every pointer must be looked at again
        first[kind] = await tried.seconds(ask)
        again[kind] = await tried.seconds(ask)
        tried.clock.now += 5
        later[kind] = await tried.seconds(ask)

    for times in (first, again, later):
        assert set(times.values()) == {times["unknown"]}, times
    if took == 0.4:
        assert first["unknown"] > later["unknown"] > again["unknown"] >= 0.025


async def test_stand_ins_are_spread_over_the_index_as_subjects_are(registry: Registry, folder: Path) -> None:
    """Unknown keys read its pieces as those of customers who are not in the edition do: any of sixteen, each once."""
    pieces = {}
    for kind in KINDS:
        tried = worker(registry, folder, 0.0)
        for key, _ in keys_of(registry, kind):
            await tried.seconds(partial(Keys.page, url_key=key))
        store: Any = tried.keys.published.store
        read = [call for call in store.calls if "/index/" in call]
        assert len(read) == len(set(read))
        pieces[kind] = len(read)

    assert pieces.pop("no key at all") == 1
    assert all(12 <= number <= 16 for number in pieces.values()), pieces


async def test_a_revocation_counts_within_a_second_also_on_a_slow_store(
    registry: Registry, folder: Path, tmp_path: Path
) -> None:
    """Another process revokes the link while the document is fetched, for longer than a second: whoever asks next is refused."""
    clock, store = Clock(), Counted(Store(f"file://{folder}"))
    published = Published(store, clock=clock)
    (link,) = (each for each in registry.links_of_edition(YEAR) if each.subject == SUBJECTS[7])

    def take_two_seconds(call: str) -> None:
        if "/index/" in call:
            registry.revoke(link.url_key)
        clock.now += 2

    store.before_each = take_two_seconds
    with Registry.open(f"sqlite:///{tmp_path / 'registry.db'}") as elsewhere:
        tried = Tried(Keys(elsewhere, published, Threads(2), lambda: [YEAR], clock, clock.sleep), clock)
        shown = await tried.keys.page(link.url_key)
        assert shown.link.url_key == link.url_key
        assert await tried.seconds(partial(Keys.page, url_key=link.url_key)) > 0
