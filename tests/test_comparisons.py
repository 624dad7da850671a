"""What is set beside a large number, and that the arithmetic is true."""

import re
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wrapped_assets.comparisons import THINGS, Thing, Unit, compare

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


@pytest.mark.parametrize(
    ("value", "is_told"),
    [(0, False), (82_000, False), (86_400, True), (864_000_000, True), (864_000_001, False)],
)
def test_nothing_is_told_when_nothing_comes_near(value: int, is_told: bool) -> None:
    """Below one of a thing, or past ten thousand: the number alone says more."""
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
    match = re.fullmatch(form, comparison.text)
    assert match is not None
    ratio = match["ratio"].replace(",", "")
    half = Fraction(1, 20) if "." in ratio or Fraction(ratio) < 10 else Fraction(1, 2)
    assert abs(Fraction(ratio) - Fraction(value, comparison.thing.value)) <= half


def test_the_table_is_in_order() -> None:
    """Keys are unique, every phrase says its ratio, every line has a source in words, and every unit is served widely."""
    keys = [thing.key for thing in THINGS]
    assert len(set(keys)) == len(keys)
    for thing in THINGS:
        assert thing.phrase.count("{ratio}") == 1 and thing.value > 0 and thing.units
        assert thing.source.endswith(".") and len(thing.source) > 20
    for value in (10**4, 10**6, 10**8, 10**10, 10**12):
        assert compare(value, "rows") is not None
    for value in (10**7, 10**9, 10**12, 10**15, 10**18):
        assert compare(value, "bytes") is not None
