"""What the sensors promise: any late file is noticed, few runs are asked for, and nothing holds up anything else.

The decisions are plain functions, given a listing, a ledger and a clock. The ticks at the end are whole ones.
"""

import os
import random
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import dagster as dg
import pytest
from dagster._core.execution.backfill import BulkActionStatus, PartitionBackfill
from dagster._core.remote_origin import RegisteredCodeLocationOrigin, RemoteJobOrigin, RemoteRepositoryOrigin
from dagster._core.utils import make_new_run_id

from tests.landing_files import files_of, organization, request, write
from tests.pipeline import Pipeline
from wrapped_assets.landing.objects import LandingObject, mark_of
from wrapped_assets.landing.store import LandingStore
from wrapped_assets.periods import Span
from wrapped_assets.resources.errors import WarehouseBusy
from wrapped_assets.resources.unrecognized import in_words
from wrapped_assets.resources.warehouse import Pending, Reader
from wrapped_assets.sensors import landing_files as auto_import
from wrapped_assets.sensors.follow_changes import due, follow_changes, next_runs
from wrapped_assets.sensors.landing_files import (
    BELIEVED_SECONDS,
    NEWEST_DAYS,
    Listings,
    News,
    landing_files,
    news,
    next_imports,
    rotation,
)
from wrapped_assets.sensors.runs import Ended, History, at_work, calendar, history, ready, wait_seconds

CALENDAR = Span(date(2025, 1, 1), date(2025, 4, 11))
TODAY = date(2025, 4, 10)
NOON = datetime(2025, 4, 10, 12, tzinfo=UTC)
NO_HISTORY = History()


def day(text: str) -> date:
    """`03-05` of 2025."""
    return date.fromisoformat(f"2025-{text}")


def spans(*texts: str) -> list[Span]:
    """`03-05..03-09` of 2025, the last day included."""
    pairs = [text.partition("..")[::2] for text in texts]
    return [Span(day(first), day(last) + timedelta(days=1)) for first, last in pairs]


def failed(job: str, at: float = 0.0) -> Ended:
    """A run that failed."""
    return Ended(job, False, at)


def succeeded(job: str, at: float = 0.0) -> Ended:
    """A run that ended well."""
    return Ended(job, True, at)


def asked(requests: Collection[dg.RunRequest]) -> list[tuple[str, str, str]]:
    """Each request as (job, first partition, last partition)."""
    start, end = "dagster/asset_partition_range_start", "dagster/asset_partition_range_end"
    return [(str(r.job_name), r.tags.get(start, ""), r.tags.get(end, "")) for r in requests]


# Failures: each job waits for itself


def test_waiting_doubles_up_to_ten_minutes() -> None:
    """Ten seconds after the first failure, never more than ten minutes, however long it has failed."""
    assert [wait_seconds(n) for n in (1, 2, 3, 6, 7, 8, 5000)] == [10, 20, 40, 320, 600, 600, 600]


def test_only_failures_in_a_row_of_the_same_job_count() -> None:
    """A success ends the count; what other jobs did is nobody's business."""
    past = History((failed("a", 100), succeeded("b"), failed("a", 50), succeeded("a"), failed("a")))

    assert past.failures("a") == 2
    assert past.failures("b") == past.failures("c") == 0
    assert past.wait("a", now=105) == 15  # 20 s after the last failure, at 100
    assert past.wait("a", now=121) == 0
    assert past.wait("b", now=0) == 0


def test_what_must_wait_is_told_and_the_rest_may_run() -> None:
    """The operator reads which job waits, and for how long."""
    requests = [dg.RunRequest(job_name="a"), dg.RunRequest(job_name="b")]

    may_run, words = ready(requests, History((failed("a", 100),)), now=104)

    assert [request.job_name for request in may_run] == ["b"]
    assert words == ["a failed and is tried again in 6 s"]


# Follow-up: the lowest stale layer first, today every half hour


def pending(**layers: Collection[str]) -> Pending:
    """Stale partitions of pipe_stats by layer, as `03-05` of 2025."""
    return Pending({(layer, "pipe_stats"): {day(text) for text in texts} for layer, texts in layers.items()})


def test_today_is_merged_every_half_hour_and_other_days_at_once() -> None:
    """Files of today land every few minutes; a run for each would do little but start."""
    stale = pending(raw=["04-10", "04-09"], hourly=["04-10"])

    def raw_days(refreshed: datetime | None) -> set[date]:
        return due(stale, CALENDAR, NOON, refreshed).days("raw")

    minutes_ago = [NOON - timedelta(minutes=minutes) for minutes in (29, 30)]
    assert raw_days(None) == {day("04-10"), day("04-09")}
    assert raw_days(minutes_ago[0]) == {day("04-09")}
    assert raw_days(minutes_ago[1]) == {day("04-10"), day("04-09")}
    assert due(stale, CALENDAR, NOON, minutes_ago[0]).days("hourly") == {day("04-10")}


def test_only_partitions_of_the_calendar_are_asked_for() -> None:
    """One partition that Dagster does not know would fail every tick; the rim's week and month do exist."""
    stale = Pending(
        {
            ("raw", "storage"): {date(2024, 12, 31), day("01-01"), day("04-11")},
            ("weekly", "storage"): {date(2024, 12, 23), date(2024, 12, 30), day("04-07"), day("04-14")},
            ("monthly", "storage"): {date(2024, 12, 1), day("04-01"), day("05-01")},
            ("daily", "storage"): {date(2024, 12, 31)},
        },
        years={2023, 2025, 2027},
    )

    found = due(stale, CALENDAR, NOON, None)

    assert found.partitions == {
        ("raw", "storage"): {day("01-01")},
        ("weekly", "storage"): {date(2024, 12, 30), day("04-07")},
        ("monthly", "storage"): {day("04-01")},
    }
    assert found.years == {2025}


def test_the_next_edition_is_refreshed_in_the_same_run() -> None:
    """It compares with the year before, so a late row makes both stale, one after the other."""
    years = Span(date(2024, 1, 1), CALENDAR.end)
    assert due(Pending(years={2024}), years, NOON, None).years == {2024, 2025}
    assert due(Pending(years={2025}), years, NOON, None).years == {2025}


def test_one_run_takes_days_from_raw_to_daily_and_nothing_above_them() -> None:
    """Weeks and months would be merged again at once: they wait until their days are done."""
    stale = pending(raw=["03-05"], hourly=["03-06"], weekly=["03-03"], monthly=["03-01"])
    assert asked(next_runs(stale, NO_HISTORY)) == [("refresh_days", "2025-03-05", "2025-03-06")]


def test_months_come_next_and_then_editions_before_weeks() -> None:
    """People wait for the summaries, which read months; nothing reads the weeks."""
    weeks = {("weekly", "storage"): {day("03-03")}}
    months = {("monthly", "storage"): {day("02-01"), day("03-01")}}
    years = {2025, 2026}

    assert asked(next_runs(Pending(weeks | months, identities=True, years=years), NO_HISTORY)) == [
        ("refresh_months", "2025-02-01", "2025-03-01")
    ]
    assert asked(next_runs(Pending(weeks, identities=True, years=years), NO_HISTORY)) == [
        ("refresh_identities", "", "")
    ]
    assert asked(next_runs(Pending(weeks, years=years), NO_HISTORY)) == [
        ("refresh_editions", "2025", "2026"),
        ("refresh_weeks", "2025-03-03", "2025-03-03"),
    ]
    assert next_runs(Pending(), NO_HISTORY) == []


def test_unmerged_snapshots_are_merged_before_editions() -> None:
    """A snapshot that landed and was not merged, because its run died, is followed as well."""
    stale = Pending(dimensions={"organizations"}, years={2025})
    assert asked(next_runs(stale, NO_HISTORY)) == [("refresh_identities", "", "")]


def test_a_day_that_cannot_be_merged_holds_up_no_other_layer() -> None:
    """A vanished file may keep its day stale for weeks; other days reach their summaries all the same."""
    stale = pending(raw=["03-05"], hourly=["03-20"], monthly=["03-01"])
    apart = next_runs(stale, History((failed("refresh_days"),)))
    assert asked(apart) == [
        ("refresh_raw", "2025-03-05", "2025-03-05"),
        ("refresh_hours_and_days", "2025-03-20", "2025-03-20"),
    ]

    stale = Pending(pending(raw=["03-05"], monthly=["03-01"]).partitions)
    past = History((succeeded("refresh_hours_and_days"), failed("refresh_raw"), failed("refresh_days")))
    assert asked(next_runs(stale, past)) == [
        ("refresh_raw", "2025-03-05", "2025-03-05"),
        ("refresh_months", "2025-03-01", "2025-03-01"),
    ]

    # Once raw is merged again, one run takes all three layers as before.
    past = History((succeeded("refresh_raw"), failed("refresh_raw"), failed("refresh_days")))
    assert asked(next_runs(stale, past))[0] == ("refresh_days", "2025-03-05", "2025-03-05")


def test_every_layer_that_fails_lets_the_next_one_go_on() -> None:
    """However many of them fail, the last one is still asked for."""
    stale = Pending(
        pending(raw=["03-05"], weekly=["03-03"], monthly=["03-01"]).partitions, identities=True, years={2025}
    )
    jobs = ["refresh_raw", "refresh_months", "refresh_identities"]

    found = next_runs(stale, History(tuple(failed(job) for job in jobs)))

    assert [request.job_name for request in found] == [*jobs, "refresh_editions", "refresh_weeks"]


# Auto-import: what is new, found in short ticks


@dataclass
class Ledger:
    """What was imported: etags by key; counts how often it was asked."""

    store: LandingStore
    held: dict[str, str] = field(default_factory=dict)
    asked: list[tuple[str, date | None]] = field(default_factory=list)

    def known(self, source: str, days: Sequence[date] | None) -> dict[str, str]:
        """The etags of everything imported."""
        self.asked.append((source, days[0] if days else None))
        return self.held

    def take_in(self, family: str, *days: date) -> None:
        """Import everything that lies in these folders now."""
        self.held |= {
            item.key: item.etag for one in days for item in self.store.list_day(family, one).objects
        }


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    """An empty ledger beside an empty landing folder."""
    return Ledger(LandingStore.open(f"file://{tmp_path}"))


def land(ledger: Ledger, *days: date, name: str = "export") -> None:
    """One file of requests on each of these days."""
    root = Path(ledger.store.url.removeprefix("file://"))
    for one in days:
        for file in files_of(request(at=datetime(one.year, one.month, one.day, 10)), name=name):
            write(root, file)


def test_what_the_ledger_lacks_is_new_whatever_its_day(ledger: Ledger) -> None:
    """Added files, changed files and snapshots, on the first day of the calendar as on the last."""
    days = [day("01-01"), day("02-14"), TODAY]
    land(ledger, *days)
    assert news(ledger.store, ledger.known, CALENDAR).days == set(days)

    ledger.take_in("pipe_stats", *days)
    assert news(ledger.store, ledger.known, CALENDAR).days == set()

    land(ledger, day("02-14"))  # the same key, written again
    land(ledger, TODAY, name="one more")
    for file in files_of(organization()):
        write(Path(ledger.store.url.removeprefix("file://")), file)
    found = news(ledger.store, ledger.known, CALENDAR)
    assert (found.days, found.dimensions) == ({day("02-14"), TODAY}, ["organizations"])


def test_a_failed_import_is_noticed_at_every_tick(ledger: Ledger) -> None:
    """What was asked for is not believed to be done: only the ledger says so."""
    land(ledger, day("02-14"))
    listings = Listings()
    ticks = [news(ledger.store, ledger.known, CALENDAR, listings=listings) for _ in range(3)]
    assert [tick.days for tick in ticks] == [{day("02-14")}] * 3


def test_a_late_file_of_any_day_is_noticed_although_every_tick_is_out_of_time(ledger: Ledger) -> None:
    """A store so slow that the newest days use up the tick: the rotation still reaches every older day."""
    days = [day("01-01") + timedelta(days=7 * n) for n in range(10)]
    land(ledger, *days)
    ledger.take_in("pipe_stats", *days)
    late = days[4]
    land(ledger, late, name="late")

    position, seen = "", []
    for _ in range(len(days) - NEWEST_DAYS):
        found = news(ledger.store, ledger.known, CALENDAR, position, is_late=lambda: True)
        position = found.position
        assert (found.looked, found.total) == (NEWEST_DAYS + 1, len(days))
        seen.append(found.days)

    assert seen.count({late}) == 1


def test_many_days_are_gone_through_in_two_ticks(ledger: Ledger) -> None:
    """However much time there is: each of the 297 older days in one of them, the newest three in both."""
    year = Span.year(2025)
    days = [year.start + timedelta(days=n) for n in range(300)]
    for one in days:
        (Path(ledger.store.url.removeprefix("file://")) / f"pipe_stats/dt={one}").mkdir(parents=True)
    land(ledger, days[0], days[200], days[299])

    first = news(ledger.store, ledger.known, year, ticks=2)
    second = news(ledger.store, ledger.known, year, first.position, ticks=2)

    assert [first.looked, second.looked] == [153, 153]
    assert [first.days, second.days] == [{days[200], days[299]}, {days[0], days[299]}]
    assert news(ledger.store, ledger.known, year).looked == 300


@pytest.mark.parametrize("seed", range(30))
def test_a_rotation_is_every_day_once_newest_first(seed: int) -> None:
    """The newest days, then downwards from where the last tick stopped, then round to the rest."""
    dice = random.Random(seed)
    days = sorted(CALENDAR.start + timedelta(days=n) for n in dice.sample(range(100), dice.randrange(30)))
    position = CALENDAR.start + timedelta(days=dice.randrange(100))

    found = rotation(days, dice.choice(["", position.isoformat()]))

    assert sorted(found) == days
    assert found[:NEWEST_DAYS] == days[::-1][:NEWEST_DAYS]
    assert sum(later > earlier for earlier, later in pairwise(found[NEWEST_DAYS:])) <= 1


def test_a_rotation_goes_on_below_where_the_last_one_stopped() -> None:
    """Then it comes round to the days above."""
    days = [day(f"01-{n:02}") for n in range(1, 9)]
    assert [one.day for one in rotation(days, "2025-01-04")] == [8, 7, 6, 3, 2, 1, 5, 4]
    assert [one.day for one in rotation(days, "")] == [8, 7, 6, 5, 4, 3, 2, 1]


def test_a_settled_listing_costs_no_question_until_it_changes(ledger: Ledger) -> None:
    """The ledger is asked about a day once; again after an hour, and at once when the listing differs."""
    land(ledger, day("02-14"), TODAY)
    ledger.take_in("pipe_stats", day("02-14"), TODAY)
    listings = Listings()

    def tick() -> list[tuple[str, date | None]]:
        ledger.asked.clear()
        news(ledger.store, ledger.known, CALENDAR, listings=listings)
        return [question for question in ledger.asked if question[0] == "pipe_stats"]

    assert tick() == [("pipe_stats", TODAY), ("pipe_stats", day("02-14"))]
    assert tick() == []
    land(ledger, TODAY, name="one more")
    assert tick() == [("pipe_stats", TODAY)]

    ledger.take_in("pipe_stats", TODAY)
    assert tick() == [("pipe_stats", TODAY)]
    mark, asked_at = listings.marks["pipe_stats/2025-02-14"]
    listings.marks["pipe_stats/2025-02-14"] = mark, asked_at - BELIEVED_SECONDS
    assert tick() == [("pipe_stats", day("02-14"))]
    assert tick() == []


def test_a_mark_tells_any_change_and_no_order() -> None:
    """An object more, one less, another version: another mark. Servers may list in any order."""
    one, two = LandingObject("a", "1", 10), LandingObject("b", "1", 10)
    marks = [mark_of(each) for each in ([one, two], [one], [], [one, LandingObject("b", "2", 10)])]
    assert len(set(marks)) == 4
    assert mark_of([two, one]) == marks[0]


def test_what_no_import_will_ever_look_at_is_named_and_stops_nothing(ledger: Ledger) -> None:
    """Unknown names at the top, folders that are no day, days outside the calendar, no keys; beside them, news."""
    root = Path(ledger.store.url.removeprefix("file://"))
    land(ledger, day("02-14"), day("02-15"), date(2099, 1, 1), date(2024, 12, 31))
    for folder in ("dt=2025-13-45", "dt=today", "DT=2025-02-14"):
        (root / "pipe_stats" / folder).mkdir()
        (root / "pipe_stats" / folder / "x.parquet").touch()
    (root / "pipe_stats" / "notes.txt").write_text("hello")
    (root / "pipe_stat" / "dt=2025-02-14").mkdir(parents=True)
    (root / "notes.txt").touch()
    (root / "_SUCCESS").touch()
    (root / "pipe_stats" / "dt=2025-02-15" / "region=eu" / "tab\there.parquet").touch()

    found = news(ledger.store, ledger.known, CALENDAR)

    assert found.days == {day("02-14"), day("02-15")}
    assert sorted(found.unrecognized) == [
        "notes.txt",
        "pipe_stat",
        "pipe_stats/DT=2025-02-14",
        "pipe_stats/dt=2024-12-31",
        "pipe_stats/dt=2025-02-15/region=eu/tab\\x09here.parquet",
        "pipe_stats/dt=2025-13-45",
        "pipe_stats/dt=2099-01-01",
        "pipe_stats/dt=today",
        "pipe_stats/notes.txt",
    ]
    assert found.unrecognized["pipe_stat"] == (
        "is no folder of a family or dimension: pipe_stats, ingestion, storage, plays, organizations, workspaces,"
        " artists, tracks, track_aliases, genres, listeners"
    )
    assert found.unrecognized["pipe_stats/dt=2099-01-01"] == (
        "lies outside the calendar, which runs from 2025-01-01 to 2025-04-10"
    )
    assert found.unrecognized["pipe_stats/dt=2025-02-15/region=eu/tab\\x09here.parquet"] == (
        "has a name with a control character or an empty part"
    )


def test_the_operator_is_told_a_few_unrecognized_places_and_how_many_more() -> None:
    """A thousand stray folders make one sentence."""
    assert in_words({}) == ""
    assert in_words({"b": "is wrong", "a": "is odd"}) == "Not imported (2): a is odd; b is wrong."
    assert in_words({f"f{n}": "is odd" for n in range(12)}).endswith(
        "f10 is odd; f11 is odd; f2 is odd; and 7 more."
    )


def test_days_that_are_over_are_followed_in_the_run_that_imports_them() -> None:
    """Each run costs seconds to start, so late files take one run less; today only imports, its merge waits."""
    found = News(
        days={TODAY, TODAY - timedelta(days=1), day("01-15")}, families={"storage"}, dimensions=["workspaces"]
    )

    assert asked(next_imports(found, TODAY, NO_HISTORY)) == [
        ("import_landing", "2025-04-10", "2025-04-10"),
        ("build_days", "2025-04-09", "2025-04-09"),
        ("build_days", "2025-01-15", "2025-01-15"),
        ("refresh_identities", "", ""),
    ]
    assert next_imports(News(), TODAY, NO_HISTORY) == []


def test_a_run_refreshes_the_families_that_have_news_and_no_checks() -> None:
    """Each partition refreshed for nothing costs two events, and a year's checks a minute."""
    days, families = {day("01-15")}, {"storage", "pipe_stats"}
    (imports,) = next_imports(News(days=days, families=families), TODAY, NO_HISTORY)
    assert [key.path for key in imports.asset_selection or ()] == [
        [layer, family]
        for layer in ("landing", "raw", "hourly", "daily")
        for family in ("pipe_stats", "storage")
    ]
    (follows,) = next_runs(Pending({("hourly", "storage"): days, ("weekly", "ingestion"): days}), NO_HISTORY)
    assert [key.path for key in follows.asset_selection or ()] == [
        ["raw", "storage"],
        ["hourly", "storage"],
        ["daily", "storage"],
    ]
    assert imports.asset_check_keys == follows.asset_check_keys == []


def test_after_a_failure_days_are_imported_only() -> None:
    """A day that cannot be merged must not hold up the import of the others."""
    past = History((failed("build_days"),))
    assert asked(next_imports(News(days={day("01-15")}, families={"storage"}), TODAY, past)) == [
        ("import_landing", "2025-01-15", "2025-01-15")
    ]


# Whole ticks


@dataclass(frozen=True)
class Desk:
    """An instance, a warehouse, and the sensors as Dagster calls them."""

    pipeline: Pipeline
    instance: dg.DagsterInstance

    def has_work(self) -> None:
        """Let there be something to do for both sensors: what was imported and not followed, and what was not imported."""
        self.pipeline.land(*files_of(MARCH_5))
        with self.pipeline.open() as run:
            run.import_everything()
        self.pipeline.land(*files_of(MARCH_5, name="landed later"))

    def landing(self, cursor: str | None = None) -> dg.SensorResult | dg.SkipReason:
        """One tick of the auto-import."""
        context = dg.build_sensor_context(self.instance, cursor=cursor)
        found = landing_files(context)
        assert isinstance(found, dg.SensorResult | dg.SkipReason)
        return found

    def follow(self) -> dg.SensorResult | dg.SkipReason:
        """One tick of the follow-up."""
        found = follow_changes(dg.build_sensor_context(self.instance))
        assert isinstance(found, dg.SensorResult | dg.SkipReason)
        return found

    def run(self, job: str, work: str | None, status: dg.DagsterRunStatus) -> dg.DagsterRun:
        """A run of this work, or of a person, as Dagster's records show it."""
        definition = dg.GraphDefinition(name=job).to_job()
        tags = {"wrapped/refresh": work} if work else {}
        run = self.instance.create_run_for_job(definition, tags=tags, status=dg.DagsterRunStatus.STARTED)
        if status is dg.DagsterRunStatus.FAILURE:
            self.instance.report_run_failed(run)
        return run


@pytest.fixture
def desk(pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """Sensors over an empty world."""
    for name in [name for name in os.environ if name.startswith("WRAPPED_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("WRAPPED_HOME", str(pipeline.home))
    auto_import._listings.marks.clear()
    auto_import._listings.warned.clear()
    opens(monkeypatch, pipeline.warehouse)
    with dg.DagsterInstance.ephemeral() as instance:
        yield Desk(pipeline, instance)


def opens(monkeypatch: pytest.MonkeyPatch, warehouse: object) -> None:
    """Let the sensors find this warehouse."""
    for module in ("landing_files", "follow_changes"):
        monkeypatch.setattr(f"wrapped_assets.sensors.{module}.open_warehouse", lambda settings: warehouse)


def requests(found: dg.SensorResult | dg.SkipReason) -> list[tuple[str, str, str]]:
    """What a tick asked for."""
    assert isinstance(found, dg.SensorResult), found
    return asked(found.run_requests or [])


def skipped(found: dg.SensorResult | dg.SkipReason) -> str:
    """Why a tick asked for nothing."""
    reason = found.skip_reason if isinstance(found, dg.SensorResult) else found
    assert reason is not None
    return str(reason.skip_message)


MARCH_5 = request(at="2025-03-05T10:00:00")


def test_the_import_asks_once_and_again_after_a_failure(desk: Desk) -> None:
    """Nothing while a run is in flight; after it failed, a wait that is told, and then another run."""
    desk.pipeline.land(*files_of(MARCH_5))
    assert requests(desk.landing()) == [("build_days", "2025-03-05", "2025-03-05")]

    run = desk.run("build_days", "import", dg.DagsterRunStatus.STARTED)
    assert skipped(desk.landing()) == (
        f"Run {run.run_id[:8]} (import) goes on; what it leaves stale is followed when it ends."
    )

    desk.instance.report_run_failed(run)
    assert requests(desk.landing()) == [("import_landing", "2025-03-05", "2025-03-05")]
    desk.run("import_landing", "import", dg.DagsterRunStatus.FAILURE)
    assert skipped(desk.landing()).startswith("import_landing failed and is tried again in 10 s, 1 of 1 days")


def test_a_tick_with_nothing_new_says_what_it_saw(desk: Desk) -> None:
    """How many days were looked at, where, and what is not looked at."""
    desk.pipeline.land(*files_of(MARCH_5), *files_of(request(at="2099-01-01T00:00:00")))
    with desk.pipeline.open() as run:
        run.take_in("pipe_stats")

    found = desk.landing()

    assert skipped(found) == (
        f"No file is new: 1 of 1 days below file://{desk.pipeline.landing} looked at in this tick. Not imported (1):"
        " pipe_stats/dt=2099-01-01 lies outside the calendar, which runs from"
        f" 2025-01-01 to {datetime.now(UTC).date()}."
    )


def test_the_log_is_told_once_of_a_folder_that_nobody_reads(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A place that lies there for weeks is in every tick's reason; a warning each time would hide all others."""
    told: list[str] = []
    monkeypatch.setattr(dg.SensorEvaluationContext, "log", SimpleNamespace(warning=told.append))
    desk.pipeline.land(*files_of(MARCH_5))
    (desk.pipeline.landing / "pipe_stat").mkdir()

    for _ in range(3):
        desk.landing()

    (only,) = told
    assert only.startswith("Not imported (1): pipe_stat is no folder of a family")
    assert only.endswith(f" below file://{desk.pipeline.landing}.")


@pytest.mark.duckdb("reaches into the DuckDB file")
def test_a_warehouse_that_was_taken_away_is_filled_again(desk: Desk) -> None:
    """What the sensor remembers of listings is worth nothing without the ledger it was compared with."""
    desk.pipeline.land(*files_of(MARCH_5))
    with desk.pipeline.open() as run:
        run.take_in("pipe_stats")
    assert "No file is new" in skipped(desk.landing())

    (desk.pipeline.home / "warehouse.duckdb").unlink()

    assert skipped(desk.follow()) == "Nothing has been imported yet."
    assert requests(desk.landing()) == [("build_days", "2025-03-05", "2025-03-05")]


def test_changes_are_followed_layer_by_layer_until_all_is_up_to_date(desk: Desk) -> None:
    """The tick reads the warehouse's own stale tables, nothing else."""
    assert skipped(desk.follow()) == "Nothing has been imported yet."
    desk.pipeline.land(*files_of(MARCH_5))
    with desk.pipeline.open() as run:
        run.take_in("pipe_stats")
    assert requests(desk.follow()) == [("refresh_days", "2025-03-05", "2025-03-05")]

    with desk.pipeline.open() as run:
        run.raw("pipe_stats")
        run.rollup("hourly", "pipe_stats")
        run.rollup("daily", "pipe_stats")
    assert requests(desk.follow()) == [("refresh_months", "2025-03-01", "2025-03-01")]

    with desk.pipeline.open() as run:
        run.follow()
        run.follow()  # the edition of 2026 compares with that of 2025
    assert skipped(desk.follow()) == "Every layer is up to date."


def test_an_edition_is_frozen_when_its_time_has_come_though_nothing_changed(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One refresh more, and then it is frozen; an edition whose time is to come is left alone."""
    desk.pipeline.build(*files_of(MARCH_5))
    monkeypatch.setenv("WRAPPED_FROZEN_EDITIONS", "2025@2999-01-01,2024")
    assert skipped(desk.follow()) == "Every layer is up to date."

    monkeypatch.setenv("WRAPPED_FROZEN_EDITIONS", "2025@2026-01-07")
    assert requests(desk.follow()) == [("refresh_editions", "2025", "2026")]

    with desk.pipeline.open() as run:
        run.summaries(2025, now=datetime.now(UTC), freeze_at=datetime(2026, 1, 7, tzinfo=UTC))
    assert skipped(desk.follow()) == "Every layer is up to date."


@pytest.mark.parametrize("refreshed", ["pipe_stats", "ingestion", "storage"])
def test_today_waits_half_an_hour_by_dagsters_own_record(desk: Desk, refreshed: str) -> None:
    """The merge of today is asked for once, and not again while its last materialization, of any family, is fresh."""
    now = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
    desk.pipeline.land(*files_of(request(at=now, exported_at=now)))
    with desk.pipeline.open() as run:
        run.take_in("pipe_stats", Span.day(now.date()))
    today = str(now.date())
    assert requests(desk.follow()) == [("refresh_days", today, today)]

    desk.instance.report_runless_asset_event(
        dg.AssetMaterialization(dg.AssetKey(["raw", refreshed]), partition=today)
    )

    assert skipped(desk.follow()).startswith("Nothing to start now: what landed for today is merged at ")


@dataclass(frozen=True)
class BusyWarehouse:
    """A warehouse that another process writes."""

    @contextmanager
    def reading(self, patience: float = 10.0) -> Iterator[Reader]:
        """Not now."""
        assert patience == 0, "a tick never waits"
        raise WarehouseBusy(Path("warehouse.duckdb"), "process 1")
        yield


def test_an_idle_tick_opens_none_of_dagsters_records(desk: Desk) -> None:
    """They cost more than the look at landing and the warehouse: a context without an instance is enough."""
    with desk.pipeline.warehouse.writing():
        pass
    landing, follow = (sensor(dg.build_sensor_context()) for sensor in (landing_files, follow_changes))
    assert isinstance(landing, dg.SensorResult) and isinstance(follow, dg.SkipReason)
    assert skipped(landing).startswith("No file is new:")
    assert skipped(follow) == "Every layer is up to date."


def test_a_tick_never_waits_for_a_writer(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """It says so and looks again a few seconds later."""
    opens(monkeypatch, BusyWarehouse())
    context = dg.build_sensor_context(desk.instance)
    found = [landing_files(context), follow_changes(context)]
    for each in found:
        assert isinstance(each, dg.SkipReason)
        assert str(each.skip_message).startswith("Another run is writing the warehouse")


def test_a_run_that_someone_cancelled_counts_as_failed(desk: Desk) -> None:
    """It is tried again, but not at once."""
    run = desk.run("refresh_raw", "follow", dg.DagsterRunStatus.STARTED)
    assert run.run_id[:8] in (at_work(desk.instance) or "")
    desk.instance.report_run_canceled(run)

    assert at_work(desk.instance) is None
    assert history(desk.instance, "follow", 0.0).failures("refresh_raw") == 1
    assert history(desk.instance, "import", 0.0).failures("refresh_raw") == 0


ENDED = (dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED)


@pytest.mark.duckdb("asks Dagster's records only")
@pytest.mark.parametrize("tags", [{"wrapped/refresh": "follow"}, {}], ids=["ours", "a person's"])
@pytest.mark.parametrize("status", dg.DagsterRunStatus)
def test_a_run_is_at_work_from_when_it_is_asked_for_until_it_ended(
    desk: Desk, status: dg.DagsterRunStatus, tags: dict[str, str]
) -> None:
    """While it waits in a queue, starts, or winds up after a cancel: no second one is asked for beside it."""
    job = dg.GraphDefinition(name="refresh_raw").to_job()
    # Without an origin, of which nothing is looked at here, Dagster queues none.
    place = RemoteRepositoryOrigin(RegisteredCodeLocationOrigin("here"), "ours")
    origin = RemoteJobOrigin(place, job.name)
    run = desk.instance.create_run_for_job(job, tags=tags, status=status, remote_job_origin=origin)
    assert (at_work(desk.instance) is None) == (status in ENDED)
    assert status in ENDED or run.run_id[:8] in str(at_work(desk.instance))


@pytest.mark.parametrize("work", [None, "build"], ids=["a person's run", "wrapped build"])
def test_the_sensors_ask_for_nothing_while_somebody_else_is_at_work(desk: Desk, work: str | None) -> None:
    """The same partitions would be refreshed twice; once it has ended, only what is still stale is followed."""
    desk.has_work()
    run = desk.run("refresh_months", work, dg.DagsterRunStatus.STARTED)

    assert skipped(desk.landing()) == skipped(desk.follow()) == at_work(desk.instance)
    assert (work or "launched by a person") in skipped(desk.follow())

    desk.instance.report_run_failed(run)
    assert requests(desk.landing()) == [("build_days", "2025-03-05", "2025-03-05")]


@pytest.mark.duckdb("asks Dagster's records only")
@pytest.mark.parametrize("status", BulkActionStatus)
def test_a_backfill_is_at_work_between_its_runs_too(desk: Desk, status: BulkActionStatus) -> None:
    """Its next run may be half a minute away: what is stale meanwhile is what it is about to refresh."""
    desk.has_work()
    goes_on = status in (BulkActionStatus.REQUESTED, BulkActionStatus.CANCELING, BulkActionStatus.FAILING)
    for name, assets in (("months", [["monthly", "storage"]]), ("cards", [["wrapped_cards"]])):
        desk.instance.add_backfill(
            PartitionBackfill(name, status, False, {}, 0.0, asset_selection=[dg.AssetKey(a) for a in assets])
        )

    for found in (desk.landing(), desk.follow()):
        waits = "Backfill months goes on; what it leaves stale is followed when it ends."
        assert skipped(found) == waits if goes_on else requests(found)


@pytest.mark.duckdb("asks Dagster's records only")
@pytest.mark.parametrize(
    ("job", "work", "holds_up"),
    [
        ("import_landing", "import", "landing"),  # of today, every few minutes
        ("refresh_editions", "follow", "follow"),
        ("export_regions", "export", ""),
        ("check_everything", None, ""),
    ],
)
def test_what_cannot_do_the_same_twice_goes_on_at_once(
    desk: Desk, job: str, work: str | None, holds_up: str
) -> None:
    """An import of today's files holds up no follow-up, a follow-up no import, and exports and checks neither."""
    desk.has_work()
    desk.run(job, work, dg.DagsterRunStatus.STARTED)

    for name, found in (("landing", desk.landing()), ("follow", desk.follow())):
        assert "goes on" in skipped(found) if name == holds_up else requests(found)


@pytest.mark.duckdb("asks Dagster's records only")
@pytest.mark.parametrize(("asset", "waits"), [("wrapped_cards", False), ("wrapped_summaries", True)])
def test_a_person_who_materializes_assets_holds_up_what_those_change(
    desk: Desk, asset: str, waits: bool
) -> None:
    """Cards are drawn for minutes, and nothing follows from them."""
    desk.instance.add_run(
        dg.DagsterRun(
            job_name="__ASSET_JOB",
            run_id=make_new_run_id(),
            status=dg.DagsterRunStatus.STARTED,
            asset_selection={dg.AssetKey(asset)},
        )
    )

    assert (at_work(desk.instance) is not None) == waits


def test_the_calendar_ends_with_today() -> None:
    """Tomorrow has no partition yet."""
    assert calendar(NOON) == Span(date(2025, 1, 1), day("04-11"))
