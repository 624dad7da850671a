"""A check of a part says nothing good of the whole: what was broken stays told until the same days are checked again.

Dagster runs the checks as they are declared, over a warehouse that only knows which days are broken.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from wrapped_assets.assets.asset_checks import asset_check
from wrapped_assets.assets.breaches import Breach
from wrapped_assets.assets.stores import LandingResource
from wrapped_assets.partitions import days, editions
from wrapped_assets.periods import EVERYTHING, Span
from wrapped_assets.resources.checks import CHECKS, Check
from wrapped_assets.resources.warehouse import Broken, QuarantineEntry

TODAY = datetime.now(UTC).date()
QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


@dataclass
class Days:
    """A warehouse of which only the broken days are known; it remembers what it was asked about."""

    broken: set[date] = field(default_factory=set)
    asked: list[Span] = field(default_factory=list)

    @contextmanager
    def reading(self) -> Iterator["Days"]:
        """Itself."""
        yield self

    def violations(self, check: Check, span: Span, now: datetime, fetch: object) -> Broken:
        """Seven rows for each broken day."""
        self.asked.append(span)
        count = 7 * sum(day in span for day in self.broken)
        return Broken(count, [{"day": min(self.broken)}] if count else [])


@dataclass
class World:
    """One check in an instance of its own."""

    check: Check
    instance: dg.DagsterInstance
    warehouse: Days = field(default_factory=Days)

    def run(self, year: int | None = None, first: str | None = None, last: str | None = None) -> None:
        """Run the check over a year, as `wrapped check` does, or over partitions, as a person does."""
        calendar = editions if self.check.looks_at == "year" else days

        @dg.asset(
            key=dg.AssetKey(self.check.asset),
            partitions_def=None if self.check.looks_at == "everything" else calendar,
            backfill_policy=dg.BackfillPolicy.single_run(),
        )
        def made() -> dg.MaterializeResult:
            return dg.MaterializeResult()

        check = asset_check(self.check)
        definitions = dg.Definitions(
            assets=[made],
            asset_checks=[check],
            resources={"warehouse": self.warehouse, "landing_store": LandingResource()},
            executor=dg.in_process_executor,
        )
        whole = definitions.resolve_implicit_global_asset_job_def()
        job = whole.get_subset(
            asset_selection={made.key} if first else set(), asset_check_selection={*check.check_keys}
        )
        op = f"{'__'.join(self.check.asset)}_{self.check.name}"
        config = {"ops": {op: {"config": {"year": year}}}} if year else {}
        start, end = "dagster/asset_partition_range_start", "dagster/asset_partition_range_end"
        tags = {start: first, end: last or first} if first else {}
        assert job.execute_in_process(instance=self.instance, tags=tags, run_config=QUIET | config).success

    def shown(self) -> tuple[bool, Any, str]:
        """What Dagster shows of the check: passed, rows found in this look, what it says of other days."""
        passed, metadata = self._latest()
        other = str(metadata.get("broken_before_and_not_checked_again", "")).partition(", seen")[0]
        return passed, metadata["broken_rows"], other

    def told(self) -> list[str]:
        """What it says of other days, each without when it was seen."""
        other = self._latest()[1]["broken_before_and_not_checked_again"]
        return [each.partition(", seen")[0] for each in other.split("; ")]

    def _latest(self) -> tuple[bool, dict[str, Any]]:
        key = dg.AssetCheckKey(dg.AssetKey(self.check.asset), self.check.name)
        record = self.instance.event_log_storage.get_latest_asset_check_execution_by_key([key])[key]
        assert record.evaluation is not None
        return record.evaluation.passed, {
            name: each.value for name, each in record.evaluation.metadata.items()
        }


def world(name: str, asset: tuple[str, ...], instance: dg.DagsterInstance) -> World:
    """The check of this name."""
    (check,) = [each for each in CHECKS if (each.name, each.asset) == (name, asset)]
    return World(check, instance)


@pytest.fixture
def instance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dg.DagsterInstance]:
    """A history of its own."""
    monkeypatch.setenv("WRAPPED_HOME", str(tmp_path))
    with dg.DagsterInstance.ephemeral() as opened:
        yield opened


def test_a_check_of_one_day_turns_no_failing_year_green(instance: dg.DagsterInstance) -> None:
    """The year failed, a clean day passes: the year is told as broken until it is checked again."""
    looks = world("keys_are_unique", ("raw", "storage"), instance)
    looks.warehouse.broken = {date(2025, 3, 4), date(2025, 3, 9)}
    looks.run(2025)
    assert looks.shown() == (False, 14, "")

    looks.run(first="2025-05-05")
    assert looks.shown() == (False, 0, "2025-01-01 to 2025-12-31 (14 rows")
    assert looks.warehouse.asked[-1] == Span.day(date(2025, 5, 5))

    looks.warehouse.broken.clear()
    looks.run(2025)
    assert looks.shown() == (True, 0, "")


def test_years_and_ranges_do_not_hide_each_other(instance: dg.DagsterInstance) -> None:
    """Each that failed stays told until a look that covers it."""
    looks = world("keys_are_unique", ("raw", "storage"), instance)
    looks.warehouse.broken = {date(2025, 3, 4), date(2026, 3, 4)}
    looks.run(2026)
    looks.run(first="2025-03-04")
    assert looks.shown() == (False, 7, "2026-01-01 to 2026-12-31 (7 rows")

    looks.warehouse.broken = {date(2026, 3, 4)}
    looks.run(2025)
    assert looks.shown() == (False, 0, "2026-01-01 to 2026-12-31 (7 rows")
    looks.warehouse.broken = set()
    looks.run(2026)
    assert looks.shown() == (True, 0, "")


def test_a_quiet_live_day_is_forgotten_at_the_next_look_at_the_present(instance: dg.DagsterInstance) -> None:
    """It is a matter of now: a look at a past day takes nothing back, one at today says everything."""
    looks = world("live_day_is_fresh", ("landing", "storage"), instance)
    looks.warehouse.broken = {TODAY}
    looks.run(TODAY.year)
    looks.warehouse.broken = set()
    looks.run(first="2025-05-05")
    assert looks.shown()[:2] == (False, 0)

    looks.run(first=str(TODAY))
    assert looks.shown() == (True, 0, "")


def test_a_check_that_knows_no_days_says_everything_each_time(instance: dg.DagsterInstance) -> None:
    """Identities have no partitions: a look for whatever year replaces the one before."""
    looks = world("one_identity_each", ("wrapped_organizations",), instance)
    looks.warehouse.broken = {date(2025, 3, 4)}
    looks.run(2025)
    looks.warehouse.broken = set()
    looks.run(2026)
    assert looks.shown() == (True, 0, "")


def test_each_edition_of_a_range_is_checked(instance: dg.DagsterInstance) -> None:
    """The queries ask about one edition: a run over two asks twice."""
    looks = world("totals_equal_rollups", ("wrapped_summaries",), instance)
    looks.warehouse.broken = {date(2026, 3, 4)}
    looks.run(first="2025", last="2026")
    assert looks.warehouse.asked == [Span.year(2025), Span.year(2026)]
    assert looks.shown() == (False, 7, "")


@pytest.mark.parametrize(
    ("seen", "outlasts"),
    [("12:00:00.499999", False), ("12:00:00.500000", True), ("12:07:00", True)],
)
def test_a_look_takes_back_only_what_was_seen_before_it_began(seen: str, outlasts: bool) -> None:
    """ClickHouse evaluates checks in parallel: what a day's check finds while the year's runs is newer than what the year's read."""
    began = datetime(2025, 6, 1, 12, 0, 0, 500_000, UTC)
    breach = Breach.of(Span.day(date(2025, 3, 4)), 7, datetime.fromisoformat(f"2025-06-01T{seen}+00:00"))

    assert breach.outlasts(Span.year(2025), began) == outlasts
    assert breach.outlasts(EVERYTHING, began) == outlasts


def test_a_check_of_a_day_inside_a_check_of_the_year_hides_nothing(instance: dg.DagsterInstance) -> None:
    """The day's began later and ended earlier: what each found stays told at the next look elsewhere."""
    looks = world("keys_are_unique", ("raw", "storage"), instance)
    day = World(looks.check, instance, Days({date(2025, 3, 4)}))

    class Meanwhile(Days):
        def violations(self, check: Check, span: Span, now: datetime, fetch: object) -> Broken:
            day.run(first="2025-03-04")
            return super().violations(check, span, now, fetch)

    looks.warehouse = Meanwhile({date(2025, 3, 9)})
    looks.run(2025)
    looks.warehouse = Days()
    looks.run(first="2025-05-05")

    assert looks.told() == ["2025-03-04 (7 rows", "2025-01-01 to 2025-12-31 (7 rows"]
    assert looks.shown()[:2] == (False, 0)


def test_every_row_in_quarantine_breaks_the_rule() -> None:
    """A file set aside whole counts once: nobody knows its rows."""
    entries = [
        QuarantineEntry("pipe_stats", "rows.parquet", "read_bytes is negative", 1_000),
        QuarantineEntry("pipe_stats", "file.parquet", "not a readable Parquet file", None),
    ]

    assert Broken.quarantined(entries).count == 1_001
