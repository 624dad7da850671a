"""How numbers are written, each promise on the few values that could break it."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wrapped_assets.slides.numbers import (
    ENGLISH,
    LOCALES,
    count,
    milliseconds,
    preferred,
    scaled,
    share,
    three_digits,
    times,
)


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (0, "0 bytes"), (1, "1 byte"), (999, "999 bytes"), (1000, "1 kB"), (999_499, "999 kB"), (999_500, "1 MB"),
        (26_493_030_176, "26.5 GB"), (1_180_591_620_717_411_303_424, "1.18 ZB"), (10**30, "1,000,000 YB"),
    ],
)  # fmt: skip
def test_bytes_are_told_in_three_digits_and_the_largest_unit_that_leaves_one(value: int, told: str) -> None:
    """Rounding never shows 1000 of a unit."""
    assert " ".join(scaled(value)) == told


@pytest.mark.parametrize(
    ("value", "told"),
    [(5, "5"), (999_499, "999,499"), (999_500, "1 million"), (135_996_383, "136 million"), (10**21, "1,000,000 quadrillion")],
)  # fmt: skip
def test_counts_are_exact_below_a_million_and_then_three_digits_and_a_word(value: int, told: str) -> None:
    """136 million reads faster than 135,996,383; 1,757 does not need it."""
    assert count(value).replace("\u00a0", " ") == told


@pytest.mark.parametrize(
    ("part", "whole", "told"),
    [(1, 1, "100"), (9_999_999, 10_000_000, "99.9"), (1, 3, "33.3"), (0, 7, "0"), (2**70 - 1, 2**70, "99.9")],
)
def test_a_share_is_rounded_down_so_only_the_whole_is_100(part: int, whole: int, told: str) -> None:
    """One failure in ten million requests is not no failure."""
    assert share(part, whole) == f"{told}\u00a0%"


@pytest.mark.parametrize(
    ("value", "told"), [(10.815, "10.8 ms"), (0.512, "0.51 ms"), (999.4, "999 ms"), (999.5, "1 s"), (86_400_000.0, "86,400 s")]
)  # fmt: skip
def test_durations_are_told_in_milliseconds_below_a_second(value: float, told: str) -> None:
    """Three digits, and never 1000 ms."""
    assert " ".join(milliseconds(value)) == told


@pytest.mark.parametrize(
    ("over", "under", "told"),
    [(94, 10, "9.4"), (995, 100, "10"), (994, 100, "9.9"), (3, 3, "1"), (12_345, 10, "1,235")],
)
def test_a_ratio_has_one_decimal_below_ten(over: int, under: int, told: str) -> None:
    """Halves go up, once."""
    assert times(over, under) == told


@given(st.integers(1, 2**100), st.integers(1, 2**100))
def test_three_digits_are_within_half_a_unit_of_the_truth(over: int, under: int) -> None:
    """For any number: what is told differs by at most half of its last digit."""
    value = Fraction(over, under)
    told = Fraction(three_digits(value).replace(",", ""))
    unit = (
        Fraction(1, 100)
        if value < Fraction(9995, 1000)
        else Fraction(1, 10)
        if value < Fraction(9995, 100)
        else 1
    )
    assert abs(told - value) <= unit / 2


@given(st.integers(-(2**100), 2**100), st.sampled_from(sorted(LOCALES)))
def test_an_integer_keeps_all_its_digits_in_every_language(value: int, language: str) -> None:
    """Grouping adds separators and changes nothing else."""
    locale = LOCALES[language]
    assert locale.integer(value).replace(locale.group, "") == str(value)


@pytest.mark.parametrize(
    ("header", "tag"),
    [
        ("fr-CH, fr;q=0.9, de;q=0.7", "fr"), ("de;q=0.3, sv;q=0.8", "sv"), ("*", "en"), (None, "en"), ("xx", "en"),
        ("de;q=0, it", "it"), ("de;q=nonsense, pl;q=0.1", "pl"), ("," * 10_000, "en"),
    ],
)  # fmt: skip
def test_the_first_known_language_a_reader_wants_counts(header: str | None, tag: str) -> None:
    """By weight, then by place; nonsense is no wish."""
    assert preferred(header).tag == tag


def test_english_is_the_default() -> None:
    """Cards and mails are shared, so they do not follow one reader."""
    assert ENGLISH.integer(1_234_567) == "1,234,567"
