"""How few runs the sensors ask for, and that no stale partition is left out of them, whatever is stale."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from wrapped_assets.partitions import days, weeks
from wrapped_assets.periods import DAILY, MONTHLY, WEEKLY, Level, Span
from wrapped_assets.resources.warehouse import Pending
from wrapped_assets.sensors.follow_changes import next_runs
from wrapped_assets.sensors.runs import LONGEST_GAP, History, range_tags, ranges


def day(text: str) -> date:
    """`03-05` of 2025."""
    return date.fromisoformat(f"2025-{text}")


def spans(*texts: str) -> list[Span]:
    """`03-05..03-09` of 2025, the last day included."""
    pairs = [text.partition("..")[::2] for text in texts]
    return [Span(day(first), day(last) + timedelta(days=1)) for first, last in pairs]


DAYS_OF_TWO_YEARS = st.dates(date(2024, 1, 1), date(2025, 12, 31))


@given(st.sets(DAYS_OF_TWO_YEARS, max_size=40), st.integers(1, 5), st.sampled_from([DAILY, WEEKLY, MONTHLY]))
def test_ranges_hold_every_stale_partition_and_are_never_too_many(
    stale: set[date], most: int, level: Level
) -> None:
    """Whatever is stale is in exactly one range; ranges begin and end with something stale, newest first."""
    found = ranges(stale, level, most)

    assert len(found) <= most
    assert all(sum(one in span for span in found) == 1 for one in stale)
    assert all(older.end + LONGEST_GAP < newer.start for newer, older in pairwise(found))
    for span in found:
        assert level.covering(span) == span
        assert any(one in level.span(span.start) for one in stale)
        assert any(one in level.span(span.end - timedelta(days=1)) for one in stale)


def test_small_gaps_are_filled_and_the_widest_ones_cut() -> None:
    """A run costs seconds, a day in a range milliseconds: days ten apart share a run, months apart do not."""
    assert ranges([day("03-01"), day("03-12")]) == spans("03-01..03-12")
    assert ranges([day("03-01"), day("03-13")]) == spans("03-13..03-13", "03-01..03-01")
    stale = [day("01-01"), day("02-01"), day("03-10"), day("04-09")]
    assert ranges(stale) == spans("03-10..04-09", "02-01..02-01", "01-01..01-01")
    assert ranges(stale, most=1) == spans("01-01..04-09")
    assert ranges([]) == []


def test_a_range_names_its_first_and_last_partition() -> None:
    """A week is named by its Monday, a month by its first day, and the last one is not the day after."""
    start, end = "dagster/asset_partition_range_start", "dagster/asset_partition_range_end"
    weeks = WEEKLY.covering(spans("03-05..03-12")[0])
    assert range_tags(weeks, WEEKLY) == {start: "2025-03-03", end: "2025-03-10"}
    assert range_tags(spans("03-01..04-30")[0], MONTHLY) == {start: "2025-03-01", end: "2025-04-01"}
    assert range_tags(spans("03-05..03-05")[0]) == {start: "2025-03-05", end: "2025-03-05"}


@given(st.data())
def test_a_cycle_never_asks_for_more_than_a_few_runs(data: st.DataObject) -> None:
    """At most three ranges a layer while all is well, whatever is stale."""
    layers = st.sampled_from(["raw", "hourly", "daily", "weekly", "monthly"])
    stale = Pending(
        data.draw(
            st.dictionaries(
                st.tuples(layers, st.sampled_from(["pipe_stats", "storage"])),
                st.sets(DAYS_OF_TWO_YEARS.map(lambda one: one.replace(day=1)), max_size=12),
            )
        ),
        years=data.draw(st.sets(st.integers(2024, 2026))),
    )
    assert len(next_runs(stale, History())) <= 4


def test_every_week_of_the_calendar_begins_on_a_monday() -> None:
    """As in the tables, and unlike Dagster's own weeks; the first one holds the first day."""
    starts = [
        date.fromisoformat(key)
        for key in weeks.get_partition_keys(current_time=datetime(2026, 1, 1, tzinfo=UTC))
    ]
    assert {start.weekday() for start in starts} == {0}
    assert days.start.date() in WEEKLY.span(starts[0])
