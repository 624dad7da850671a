"""The secret part of an address is one text that leads to one page; whatever is not it to the last character leads nowhere, alike."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from tests.api_world import YEAR, World, customer, world
from tests.examples import few_and_many, tried
from tests.raw_request import Line, Said, line
from wrapped_assets.access.registry import Registry
from wrapped_assets.access.registry.database import Database
from wrapped_assets.access.registry.keys import (
    random_part,
    random_text,
    share_key,
    shared_key,
    short_key,
    slug,
    url_key,
)

pytestmark = pytest.mark.proof

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
COMPANIES = {1: "Acme & Söhne", 2: "Acme & Söhne", 3: "Zürich-1", 4: None, 5: "-" * 3}
FOR_PROGRAMS = ((b"accept", b"application/json"),)


@dataclass(frozen=True)
class Way:
    """One way to ask with a key: the path, or the query, of a key."""

    method: str
    path: Callable[[str], str]
    query: Callable[[str], bytes] = field(default=lambda key: b"")
    headers: tuple[tuple[bytes, bytes], ...] = FOR_PROGRAMS


def in_query(key: str) -> bytes:
    """The parameter, encoded."""
    return b"url_key=" + quote(key.encode("utf-8"), safe="").encode()


WAYS = {
    "document": Way("GET", lambda key: f"/wrapped/{key}"),
    "page": Way("GET", lambda key: f"/wrapped/{key}", headers=()),
    "card": Way("GET", lambda key: f"/wrapped/{key}/story.png"),
    "share": Way("POST", lambda key: f"/wrapped/{key}/share"),
    "organization": Way("GET", lambda key: "/api/organization", in_query),
    "stats": Way("GET", lambda key: "/api/stats", in_query),
    "short": Way("GET", lambda key: f"/w/{key}"),
}


@dataclass(frozen=True)
class Stage:
    """A world of five customers with pages, and every kind of key that leads to one."""

    world: World
    line: Line
    pages: dict[str, int]
    shorts: frozenset[str]
    ended: tuple[str, ...]
    nothing: dict[str, Said]

    def ask(self, way: str, key: str) -> Said:
        """What is answered there."""
        asked = WAYS[way]
        return self.line.ask(asked.path(key), asked.query(key), asked.headers, method=asked.method)

    def leads_somewhere(self, way: str, key: str) -> bool:
        """Whether this is a key for that way, to the last character."""
        return key in (self.shorts if way == "short" else self.pages)


async def _no_pause(seconds: float) -> None:
    """What a refusal waits for has tests of its own."""


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """One for all: asking changes nothing."""
    with (
        world(tmp_path_factory.mktemp("keys"), sleep=_no_pause) as made,
        line(made.app) as asked,
    ):
        registry = made.registry
        registry.make_links(YEAR, {customer(number): name for number, name in COMPANIES.items()})
        links = {number: registry.links_of_subject(customer(number))[0] for number in COMPANIES}
        ended = [links[4].url_key, links[4].short, links[5].url_key, links[5].short]
        shared = registry.share(links[1].url_key, timedelta(days=1))
        gone = registry.share(links[5].url_key, timedelta(days=1))
        assert shared and gone
        ended += [gone.short, shared_key(links[5].url_key, gone.short)]
        registry.revoke(links[4].url_key)
        registry.opt_out(customer(5))
        pages = {links[number].url_key: number for number in (1, 2, 3)}
        pages[shared_key(links[1].url_key, shared.short)] = 1
        shorts = frozenset({*(links[number].short for number in (1, 2, 3)), shared.short})
        found = Stage(made, asked, pages, shorts, tuple(ended), {})
        found.nothing.update({way: found.ask(way, "never-heard-of-0123456789") for way in WAYS})
        yield found


def test_the_keys_that_are_spoilt_below_are_good_ones(stage: Stage) -> None:
    """Each leads to its own customer's page, every short link to one; what ended is nothing, and nothing is a 404."""
    for key, number in stage.pages.items():
        assert stage.ask("stats", key).json["requests"] == 1000 * number + 1
        assert {stage.ask(way, key).status for way in WAYS if way != "short"} == {200}
    assert {stage.ask("short", short).status for short in stage.shorts} == {302}
    assert {said.status for said in stage.nothing.values()} == {404}


def test_no_answer_holds_an_id(stage: Stage) -> None:
    """Neither the wrapped_id nor a part of it, in no header and no body."""
    for key, number in stage.pages.items():
        for way in WAYS:
            said = stage.ask(way, key)
            assert customer(number)[-12:].encode() not in said.body + repr(said.headers).encode()


@few_and_many(150)
def test_a_spoilt_key_is_answered_as_one_that_never_was(stage: Stage, examples: int) -> None:
    """Characters changed, added, left out; halves of two keys; keys of another kind; what ended: the same bytes everywhere."""
    good = sorted((*stage.pages, *stage.shorts, *stage.ended))
    letters = st.one_of(st.sampled_from(ALPHABET + "ilou-_.% \n\0"), st.characters(exclude_categories=["Cs"]))

    @st.composite
    def spoilt(draw: st.DrawFn) -> str:
        key = draw(st.sampled_from(good))
        match draw(st.sampled_from(("letter", "letter", "halves", "case", "other", "text"))):
            case "letter":
                at, other = draw(st.integers(0, len(key))), draw(letters)
                how = draw(st.sampled_from(("change", "add", "drop")))
                return key[:at] + ("" if how == "drop" else other) + key[at if how == "add" else at + 1 :]
            case "halves":
                one, two = draw(st.sampled_from(good)), draw(st.sampled_from(good))
                return f"{one.rpartition('-')[0]}-{random_part(two)}"
            case "case":
                return draw(st.sampled_from((key.upper(), key.title(), key.swapcase(), key + key)))
            case "other":
                return draw(
                    st.sampled_from((key, random_part(key), key[:-1], key[1:], key + "0", customer(1)))
                )
            case _:
                return draw(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=250))

    @tried(examples)
    @example(way="stats", key=good[0].upper())
    @given(way=st.sampled_from(sorted(WAYS)), key=spoilt())
    def property(way: str, key: str) -> None:
        # A slash makes another path of it, as does no key at all.
        assume(key and ("/" not in key or WAYS[way].path("x") == WAYS[way].path("y")))
        assume(not stage.leads_somewhere(way, key))
        assert stage.ask(way, key) == stage.nothing[way]

    property()


# ---- How keys are made

companies = st.none() | st.text(max_size=60)
bits = st.binary(min_size=20, max_size=20)


def drawing(random_bytes: bytes) -> Callable[[int], bytes]:
    """What stands for chance."""
    return lambda length: random_bytes[:length]


@few_and_many(200)
def test_two_keys_are_one_only_where_name_and_chance_are(examples: int) -> None:
    """A key can be taken apart again into what it was made of: the readable part, and all of its hundred bits."""

    def five_bits(random_bytes: bytes) -> list[int]:
        return [byte % 32 for byte in random_bytes]

    @tried(examples)
    @given(one=companies, two=companies, chance=bits, other=bits, at=st.integers(0, 19))
    def property(one: str | None, two: str | None, chance: bytes, other: bytes, at: int) -> None:
        key = url_key(one, drawing(chance))
        assert [ALPHABET.index(letter) for letter in random_part(key)] == five_bits(chance)
        assert key == f"{slug(one)}-{random_part(key)}"
        # One bit is enough for another key.
        nearly = bytes([*chance[:at], chance[at] ^ 1, *chance[at + 1 :]])
        assert url_key(one, drawing(nearly)) != key
        same = (slug(one), five_bits(chance)) == (slug(two), five_bits(other))
        assert (url_key(two, drawing(other)) == key) == same
        share = share_key(drawing(other))
        assert share == random_text(20, drawing(other)) and short_key(drawing(other)) == share[:14]
        # A share's address is told from the page's by its random part, and gives back the share.
        assert random_part(shared_key(key, share)) == share
        assert shared_key(key, random_part(key)) == key

    property()


@few_and_many(25)
def test_a_key_leads_back_to_whom_it_was_made_for_and_tells_nothing_of_him(
    tmp_path: Path, examples: int
) -> None:
    """Page, short link and share lead to the subject and year; under the same chance and name, another subject has the same key."""

    chance, numbers = random.Random(), count()

    def empty(name: str) -> Registry:
        return Registry(Database(f"sqlite:///{tmp_path / name}"), draw=chance.randbytes)

    with empty("one.db") as one, empty("two.db") as two:

        @tried(examples)
        @given(company=companies)
        def property(company: str | None) -> None:
            keys, seed = [], next(numbers)
            for registry, year in ((one, 2025), (two, 2031)):
                subject = f"subject-{next(numbers)}"
                chance.seed(seed)
                registry.make_links(year, {subject: company})
                (link,) = registry.links_of_subject(subject)
                share = registry.share(link.url_key, timedelta(days=1))
                assert share
                leading_there = (
                    registry.resolve(link.url_key),
                    registry.resolve_short(link.short),
                    registry.resolve(shared_key(link.url_key, share.short)),
                    registry.resolve_short(share.short),
                )
                assert all(leading_there)
                assert {(found.subject, found.year) for found in leading_there if found} == {(subject, year)}
                keys.append((link.url_key, link.short, share.short))
            assert keys[0] == keys[1]

        property()
