"""What is set beside a large number, and that the arithmetic is true."""

import math
import re
from fractions import Fraction
from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wrapped_assets.serving.pages import other
from wrapped_assets.serving.pages.theme import default_theme
from wrapped_assets.slides.comparisons import THINGS, Thing, Unit, compare, once
from wrapped_assets.slides.numbers import LOCALES, Locale

ICELAND = Thing(
    "iceland",
    ("requests",),
    390_000,
    "{ratio} {unit} for every person in Iceland",
    "Statistics Iceland, 2025.",
    1,
)
SEATS = Thing("seats", ("requests",), 90_000, "one for each seat, {ratio} times over", "The stadium.", 2)
DAYS = Thing("day", ("requests",), 86_400, "one for every second of {ratio} day{s}", "By definition.", 2)


def told(value: int, *things: Thing, **others: object) -> str | None:
    comparison = compare(value, "requests", things=things, **others)  # type: ignore[arg-type]
    return comparison.text if comparison else None


def test_the_readable_ratio_of_the_first_priority_is_told() -> None:
    """31 requests for every person in Iceland, though the stadium has a rounder number."""
    assert told(12_090_000, SEATS, ICELAND) == "31 requests for every person in Iceland"


def test_priority_counts_more_than_a_rounder_ratio() -> None:
    """31 stadiums would be nearer to the middle; the people of Iceland come first."""
    assert told(2_790_000, SEATS, ICELAND) == "7.2 requests for every person in Iceland"


def test_a_readable_ratio_beats_a_higher_priority_that_is_not() -> None:
    """Fewer requests than people in Iceland: the stadium it is."""
    assert told(180_000, ICELAND, SEATS) == "one for each seat, 2 times over"


def test_of_equals_the_ratio_nearest_to_the_middle_is_told_and_then_the_key() -> None:
    """Whatever the order of the table."""
    assert told(2_000_000, SEATS, DAYS) == told(2_000_000, DAYS, SEATS) == "one for every second of 23 days"
    twin = Thing(
        "another", ("requests",), 86_400, "one for every second of {ratio} day{s}, again", "By definition.", 2
    )
    assert told(2_000_000, DAYS, twin) == "one for every second of 23 days, again"


def test_one_is_singular() -> None:
    """ "1 day", "1 request"."""
    assert told(86_400, DAYS) == "one for every second of 1 day"
    assert told(390_000, ICELAND) == "1 request for every person in Iceland"
    assert told(90_000, SEATS) == "one for each seat"


@pytest.mark.parametrize(
    ("value", "is_told"),
    [(0, False), (82_000, False), (86_400, True), (86_443_199, True), (86_443_200, False)],
)
def test_nothing_is_told_when_nothing_comes_near(value: int, is_told: bool) -> None:
    """Below one of a thing, or past a thousand: the number alone says more."""
    assert (told(value, DAYS) is not None) is is_told


def test_a_thing_is_used_once_in_a_story() -> None:
    """What was named before is left out."""
    assert told(12_090_000, ICELAND, SEATS, avoid=["iceland"]) == "one for each seat, 134 times over"


@given(st.integers(0, 2**90), st.sampled_from(["requests", "rows", "bytes"]))
def test_the_ratio_told_is_the_true_one_to_its_rounding(value: int, unit: Unit) -> None:
    """Multiplying back gives the number, within half of the last digit told."""
    comparison = compare(value, unit)
    if comparison is None:
        return
    form = re.escape(comparison.thing.phrase).replace(re.escape("{ratio}"), r"(?P<ratio>[\d,.]+)")
    form = form.replace(re.escape("{s}"), "s?").replace(re.escape("{unit}"), r"\w+")
    if comparison.text == once(comparison.thing):
        assert abs(Fraction(value, comparison.thing.value) - 1) <= Fraction(1, 20)
        return
    match = re.fullmatch(form, comparison.text)
    assert match is not None
    ratio = match["ratio"].replace(",", "")
    assert 1 <= Fraction(ratio) <= 1000
    half = Fraction(1, 20) if "." in ratio or Fraction(ratio) < 10 else Fraction(1, 2)
    assert abs(Fraction(ratio) - Fraction(value, comparison.thing.value)) <= half


TURNS = [9, 10, 11, 94, 95, 96, 99, 100, 101, 104, 105, 9_985, 9_989, 9_990, 9_995, 10_004, 10_005]


@given(
    st.one_of(st.sampled_from(TURNS), st.integers(1, 10**6)),
    st.sampled_from(THINGS),
    st.sampled_from([*LOCALES.values()]),
)
def test_every_line_of_the_table_is_true_where_it_turns(tenths: int, thing: Thing, locale: Locale) -> None:
    """At any tenth of the ratio, one less and one more, in every language: what is told is the nearest that can be told."""
    for value in (max(tenths * thing.value // 10 + step, 0) for step in (-1, 0, 1)):
        comparison = compare(value, thing.units[0], locale=locale, things=[thing])
        if comparison is None:
            assert value / thing.value < 0.96 or value >= 1000.5 * thing.value
            continue
        if comparison.text == once(thing):
            assert abs(value / thing.value - 1) <= 0.05
            continue
        told = re.match(
            re.escape(thing.phrase.split("{ratio}")[0]) + r"([\d\u00a0\u202f.,]*\d)", comparison.text
        )
        assert told is not None
        ratio = Fraction(
            re.sub("[\u00a0\u202f]|" + re.escape(locale.group), "", told[1]).replace(locale.point, ".")
        )
        exact = Fraction(value, thing.value)
        step = Fraction(1, 10) if exact < Fraction(995, 100) else Fraction(1)
        assert ratio % step == 0 and abs(ratio - exact) <= step / 2
        assert ratio != 1


@pytest.mark.parametrize("thing", THINGS, ids=lambda thing: thing.key)
def test_every_source_can_be_looked_up(thing: Thing) -> None:
    """A publisher, a title and a year, and what stands there; or a definition, which anybody can work out."""
    assert not re.search(r"\b1 \w+s\b", once(thing))
    assert re.fullmatch(r"(By definition: |[^:“]+, “[^”]+”, (19|20)\d\d: ).+\.", thing.source)


@pytest.mark.parametrize("thing", THINGS, ids=lambda thing: thing.key)
def test_every_source_stands_on_the_page_of_sources(thing: Thing) -> None:
    """With the value that is reckoned with."""
    page = other.comparisons(default_theme()).body.decode()

    assert escape(thing.source, quote=False) in page
    assert f"{thing.value:,} " in page


def test_what_is_defined_is_worked_out() -> None:
    """The values that follow from others are those."""
    values = {thing.key: thing.value for thing in THINGS}

    assert values["day"] == 24 * 60 * 60
    assert values["minutes"] == 365 * 24 * 60
    assert values["seconds"] == 365 * values["day"]
    assert values["heartbeats"] == 70 * 24 * 60
    assert values["equator"] == round(2 * math.pi * 6_378_137)
    assert values["apollo"] == 36_864 * 16 // 8
    assert values["floppy"] == 2_880 * 512
    assert values["music"] == 44_100 * 2 * 2 * 3600
    assert values["music-year"] == 365 * 24 * values["music"]
    assert values["film-day"] == 24 * values["film"]
    assert values["genome"] == round(3_055_000_000 * 2 / 8, -6)
    assert values["marathon"] == 42_195
    assert values["nine-books"] == math.factorial(9)
    assert values["poker"] == math.comb(52, 5)
    assert values["light-day"] == 299_792_458 * 86_400
    assert values["light-year"] == 299_792_458 * 86_400 * 36_525 // 100


def test_the_table_is_in_order() -> None:
    """Keys are unique, every phrase says its ratio, and every unit is served widely."""
    keys = [thing.key for thing in THINGS]
    assert len(set(keys)) == len(keys)
    for thing in THINGS:
        assert thing.phrase.count("{ratio}") == 1 and thing.value > 0 and thing.units
    for value in (10**4, 10**6, 10**8, 10**10, 10**12):
        assert compare(value, "rows") is not None
    for value in (10**7, 10**9, 10**12, 10**15, 10**16, 10**17, 10**18):
        assert compare(value, "bytes") is not None
