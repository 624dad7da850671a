"""How an answer's range of days is made of whole months and the days that are left."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from wrapped_assets.serving.live.cover import cover

DAYS_OF_A_YEAR = st.dates(date(2024, 1, 1), date(2025, 1, 1))


def days_of(*ranges: tuple[date, date]) -> list[date]:
    """Every day of these ranges, as often as it is in one."""
    return [start + timedelta(n) for start, end in ranges for n in range((end - start).days)]


def test_a_range_is_its_whole_months_and_the_days_around_them() -> None:
    """Neither of the months that it begins and ends in counts as a whole."""
    months, days = cover(date(2025, 1, 15), date(2025, 4, 3))
    assert months == [(date(2025, 2, 1), date(2025, 4, 1))]
    assert days == [(date(2025, 1, 15), date(2025, 2, 1)), (date(2025, 4, 1), date(2025, 4, 3))]


@given(DAYS_OF_A_YEAR, DAYS_OF_A_YEAR)
def test_each_day_of_a_range_is_covered_once_and_no_other(start: date, end: date) -> None:
    """Whatever the range: the end is left out, months are whole ones, and a range that ends before it begins holds nothing."""
    months, days = cover(start, end)
    assert sorted(days_of(*months, *days)) == days_of((start, end))
    assert all(edge.day == 1 for each in months for edge in each)
