"""The query-time half of the lambda: answers from an immutable snapshot and what landed since, never from the warehouse.

One `Live` per worker process. Any thread may ask; one at a time follows landing. An answer is made from one generation of the overlay.
"""

import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from wrapped_assets.families import DIMENSIONS, FAMILIES
from wrapped_assets.identity import wrapped_id
from wrapped_assets.periods import DAILY, MONTHLY, Span
from wrapped_assets.resources.landing_store import LandingStore, UnreadableName
from wrapped_assets.resources.snapshot.history import History
from wrapped_assets.resources.snapshot.overlay import Overlay
from wrapped_assets.resources.snapshot.tables import OPERATIONS, REQUESTS, SERVED, SIZES, Served
from wrapped_assets.serving.answers import SUMMARY_COLUMNS, Answer, Names, Parts, Row, summary_row
from wrapped_assets.serving.cover import Cover
from wrapped_assets.serving.fresh import FollowReport, Fresh

# Listed at every look; older days follow in rotation.
NEWEST_DAYS = 3


class OutsideYear(ValueError):
    """Days that are not in the snapshot's year."""

    def __init__(self, year: int, start: date, end: date) -> None:
        super().__init__(
            f"The days from {start} up to {end} were not summed up.\n"
            f"  This edition holds {year}.\n"
            f"  Next: ask for days from {year}-01-01 up to {year + 1}-01-01, which is excluded."
        )


@dataclass(frozen=True)
class Replaced:
    """What replaces a table's rows of one organization, and of which months and days."""

    months: frozenset[date]
    days: frozenset[date]
    month_rows: Sequence[Row]
    day_rows: Sequence[Row]
    day_totals: Sequence[Row] = ()


NOTHING = Replaced(frozenset(), frozenset(), (), ())


@dataclass(frozen=True)
class Generation:
    """All that answers need beside the snapshot, as of one moment. Never changed, only replaced."""

    customers: dict[str, tuple[int, ...]]
    names: Names
    replaced: dict[str, dict[int, Replaced]]
    through: datetime


class Live:
    """Answers about one year's customers, as of the newest file that landed."""

    def __init__(
        self, history: History, overlay: Overlay, fresh: Fresh, spill: "tempfile.TemporaryDirectory[str]"
    ) -> None:
        self.history, self._overlay, self._fresh, self._spill = history, overlay, fresh, spill
        self._following = threading.Lock()
        self._position: date | None = None
        self._generation = self._generate(history.through)

    @classmethod
    def open(
        cls,
        snapshot: Path,
        store: LandingStore,
        secret: bytes,
        memory_limit: str = "128MB",
        calendar: Callable[[], Span] = lambda: Span(date.min, date.max),
    ) -> "Live":
        """Serve a snapshot file; SnapshotUnreadable when it is none. Nothing is listed yet.

        `calendar` says which days are imported, as in the warehouse: others wait. `secret` makes the wrapped_ids of
        customers that only newer files name.
        """
        spill = tempfile.TemporaryDirectory(prefix="wrapped-serving-")
        history = History(snapshot, memory_limit, Path(spill.name))
        overlay = Overlay(history.con.cursor(), lambda customer: wrapped_id(secret, customer))
        return cls(history, overlay, Fresh(history, overlay, store, calendar), spill)

    @property
    def year(self) -> int:
        """The year that can be asked for."""
        return self.history.year

    @property
    def through(self) -> datetime:
        """How far the answers reach: the newest export among the files taken."""
        return self._generation.through

    def close(self) -> None:
        """Let go of the snapshot."""
        self.history.close()
        self._spill.cleanup()

    def follow(self, seconds: float | None = None) -> FollowReport:
        """Take in what landed since the last look, then answer with it. A frozen edition follows nothing.

        Looks at the newest days, then at older ones in rotation until the time is up; without `seconds` at all of
        them. LandingStoreError when landing cannot be listed: answers then stay as they were.
        """
        report = FollowReport()
        if self.history.is_frozen:
            return report
        with self._following:
            until = None if seconds is None else time.monotonic() + seconds
            try:
                self._look(until, report)
            finally:
                if report.changed:
                    self._generation = self._generate(self._reach(report))
        return report

    def summary(self, wrapped_ids: Sequence[str], start: date, end: date) -> Answer:
        """One row for these customers together and the days from `start` up to `end`; OutsideYear when not all are in the year."""
        year = Span.year(self.year)
        if not (year.start <= start and end <= year.end):
            raise OutsideYear(self.year, start, end)
        now = self._generation
        organizations = sorted({each for customer in wrapped_ids for each in now.customers.get(customer, ())})
        parts = self._parts(now, organizations, Cover.of(start, end))
        read = sum(len(rows) for rows in vars(parts).values())
        return Answer(SUMMARY_COLUMNS, [summary_row(parts, now.names)], read, _size(parts))

    def _parts(self, now: Generation, organizations: Sequence[int], cover: Cover) -> Parts:
        return Parts(
            self._rows(now, REQUESTS, organizations, cover),
            self._rows(now, OPERATIONS, organizations, cover),
            self._rows(now, SIZES, organizations, cover),
            self._day_totals(now, organizations, cover),
        )

    def _rows(self, now: Generation, table: Served, organizations: Sequence[int], cover: Cover) -> list[Row]:
        """Rows of disjoint periods: the snapshot's where nothing changed, and what replaces the others."""
        replaced = now.replaced[table.name]
        rows: list[Row] = []
        if cover.months:
            recorded = self.history.states(table, MONTHLY, organizations, *cover.months)
            rows += [row for row in recorded if row[1] not in replaced.get(row[0], NOTHING).months]
        for days in cover.days:
            recorded = self.history.states(table, DAILY, organizations, *days)
            rows += [row for row in recorded if row[1] not in replaced.get(row[0], NOTHING).days]
        for organization in organizations:
            instead = replaced.get(organization, NOTHING)
            rows += [row for row in instead.month_rows if cover.has_month(row[1])]
            rows += [row for row in instead.day_rows if cover.has_day(row[1])]
        return rows

    def _day_totals(self, now: Generation, organizations: Sequence[int], cover: Cover) -> list[Row]:
        replaced = now.replaced[REQUESTS.name]
        recorded = self.history.day_totals(organizations, cover.start, cover.end)
        rows = [row for row in recorded if row[1] not in replaced.get(row[0], NOTHING).days]
        for organization in organizations:
            instead = replaced.get(organization, NOTHING)
            rows += [row for row in instead.day_totals if cover.start <= row[1] < cover.end]
        return rows

    def _look(self, until: float | None, report: FollowReport) -> None:
        new: dict[str, list[Any]] = {family: [] for family in FAMILIES}
        for family, day in self._places(until, report):
            try:
                new[family] += self._fresh.new_of_day(family, day)
            except UnreadableName as error:
                report.unread[f"{family}/dt={day}"] = str(error)
        for family, objects in new.items():
            self._fresh.take(family, objects, report)
        for name in DIMENSIONS:
            if objects := self._fresh.new_of_dimension(name):
                self._fresh.take_names(name, objects, report)

    def _places(self, until: float | None, report: FollowReport) -> Iterator[tuple[str, date]]:
        """The folders to look into: the newest days, then older ones from where the last look stopped."""
        calendar = self._fresh.calendar()
        folders = {
            family: {day for day in self._fresh.store.days(family).days if day in calendar}
            for family in FAMILIES
        }
        every = sorted(set().union(*folders.values()), reverse=True)
        newest, older = every[:NEWEST_DAYS], every[NEWEST_DAYS:]
        after = [day for day in older if self._position is None or day < self._position]
        for number, day in enumerate([*newest, *after, *older[: len(older) - len(after)]]):
            # One older day at least, or a slow store would never get to it.
            if number > NEWEST_DAYS and until is not None and time.monotonic() >= until:
                return
            if number >= NEWEST_DAYS:
                self._position = day
            report.listed += 1
            yield from ((family, day) for family in FAMILIES if day in folders[family])

    def _reach(self, report: FollowReport) -> datetime:
        if report.through is None:
            return self.through
        last = datetime(self.year + 1, 1, 1, tzinfo=UTC) - timedelta(milliseconds=1)
        return min(max(self.through, report.through.replace(tzinfo=UTC)), last)

    def _generate(self, through: datetime) -> Generation:
        customers: dict[str, list[int]] = {}
        organization_ids = {}
        for organization, organization_id, customer in self._overlay.organizations():
            customers.setdefault(customer, []).append(organization)
            organization_ids[organization] = organization_id
        return Generation(
            {customer: tuple(organizations) for customer, organizations in customers.items()},
            Names(organization_ids, self._overlay.workspace_names()),
            {table.name: self._replaced(table) for table in SERVED.values()},
            through,
        )

    def _replaced(self, table: Served) -> dict[int, Replaced]:
        months, days = (
            _by_organization(self._overlay.changed(table, MONTHLY)),
            _by_organization(self._overlay.changed(table, DAILY)),
        )
        month_rows = _by_organization(self._overlay.states(table, MONTHLY))
        day_rows = _by_organization(self._overlay.states(table, DAILY))
        totals = _by_organization(self._overlay.day_totals() if table is REQUESTS else [])
        return {
            organization: Replaced(
                frozenset(row[1] for row in months[organization]),
                frozenset(row[1] for row in days.get(organization, ())),
                month_rows.get(organization, ()),
                day_rows.get(organization, ()),
                totals.get(organization, ()),
            )
            for organization in months
        }


def _by_organization(rows: Iterable[Row]) -> dict[int, list[Row]]:
    grouped: dict[int, list[Row]] = {}
    for row in rows:
        grouped.setdefault(row[0], []).append(row)
    return grouped


def _size(parts: Parts) -> int:
    """The bytes of these rows as numbers of 8 bytes and texts."""
    return sum(
        len(value) if isinstance(value, str) else 8
        for rows in vars(parts).values()
        for row in rows
        for value in row
    )
