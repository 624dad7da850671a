"""The query-time half of the lambda: answers from an immutable snapshot and what landed since, never from the warehouse.

One `Live` per worker process. Any thread may ask; one at a time follows landing. An answer is made from one generation of the overlay.
"""

import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from wrapped_assets.landing.store import LandingStore, LandingStoreError
from wrapped_assets.periods import DAILY, MONTHLY, Span
from wrapped_assets.product import Endpoint, Names, Row
from wrapped_assets.products import DEFAULT, DIMENSIONS
from wrapped_assets.resources.identity import wrapped_id
from wrapped_assets.serving.api.answers import Answer
from wrapped_assets.serving.api.columns import clickhouse_types
from wrapped_assets.serving.api.endpoints import bound, values
from wrapped_assets.serving.live.cover import cover
from wrapped_assets.snapshot.following import FollowReport, Watch
from wrapped_assets.snapshot.fresh import Fresh
from wrapped_assets.snapshot.history import History
from wrapped_assets.snapshot.overlay import Overlay
from wrapped_assets.snapshot.present import parts
from wrapped_assets.snapshot.tables import KINDS
from wrapped_assets.snapshot.warm_start import Keeper, Paused
from wrapped_assets.text.public_names import public_name

# What an answer's `bytes_read` counts for each part: its numbers, instants and usual texts.
PART_BYTES = 96


class OutsideYear(ValueError):
    """Days that are not in the snapshot's year. `parameter` is the one that says so."""

    def __init__(self, year: int, start: date, end: date) -> None:
        super().__init__(
            f"The days from {start} up to {end} were not summed up.\n"
            f"  This edition holds {year}.\n"
            f"  Next: ask for days from {year}-01-01 up to {year + 1}-01-01, which is excluded."
        )
        self.parameter = "start_date" if start.year < year else "end_date"


@dataclass(frozen=True)
class Generation:
    """All that answers need beside the snapshot, as of one moment. Never changed, only replaced."""

    customers: dict[str, tuple[int, ...]]
    names: Names
    through: datetime


class Live:
    """Answers about one year's customers, as of the newest file that landed."""

    def __init__(
        self, history: History, overlay: Overlay, fresh: Fresh, keeper: Keeper | None, opened: ExitStack
    ) -> None:
        self.history, self._overlay, self._fresh, self._opened = history, overlay, fresh, opened
        self._keeper, self._resumed = keeper, (0, 0)
        self._following = threading.Lock()
        self._watch = Watch(fresh.store, history.year, history.marks())
        self._generation = self._generate(self._resume() or history.through)

    @classmethod
    def open(
        cls,
        snapshot: Path,
        store: LandingStore,
        secret: bytes,
        memory_limit: str = "64MB",
        calendar: Callable[[], Span] = lambda: Span(date.min, date.max),
        keeper: Keeper | None = None,
    ) -> "Live":
        """Serve a snapshot file; SnapshotUnreadable when it is none. Nothing is listed yet.

        `calendar` says which days are imported, as in the warehouse: others wait. `secret` makes the wrapped_ids of
        customers that only newer files name. `keeper` may have what an earlier process took in, and gets what this one does.
        """
        with ExitStack() as opened:
            own = Path(opened.enter_context(tempfile.TemporaryDirectory(prefix="wrapped-serving-")))
            history = opened.enter_context(History(snapshot, memory_limit, own))
            overlay = Overlay(history.con.cursor(), lambda customer: wrapped_id(secret, customer))
            history.lock([own, store.in_place] if store.in_place else [own])
            fresh = Fresh(history, overlay, store, own, calendar)
            return cls(history, overlay, fresh, keeper, opened.pop_all())

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
        self._opened.close()

    def __enter__(self) -> "Live":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def follow(self, seconds: float | None = None) -> FollowReport:
        """Take in what landed since the last look, then answer with it. A frozen edition follows nothing.

        Looks at the newest days, then goes on with the pass through all of them until the time is up; without `seconds` it makes
        a whole one. LandingStoreError when landing cannot be listed: answers then stay as they were. A day or a family that fails
        by itself is the report's `failure`; the others go on.
        """
        report = FollowReport()
        if self.history.is_frozen:
            report.complete_at = time.time()
            return report
        with self._following:
            if self._keeper and self._keeper.is_due:
                # What the looks before took in: the first one, which a start waits for, keeps nothing.
                self._keep(self._keeper)
            until = None if seconds is None else time.monotonic() + seconds
            try:
                self._look(until, report)
            except BaseException:
                self._watch.drop()
                raise
            finally:
                if report.changed:
                    self._generation = self._generate(self._reach(report))
                    if self._keeper:
                        self._keeper.changed()
            self._watch.tell(report)
            report.complete_at = self._watch.finished()
            (report.resumed, report.resumed_quarantined), self._resumed = self._resumed, (0, 0)
        return report

    def keep(self) -> None:
        """Keep what was taken in for the next process; nothing while a look is under way."""
        if self._keeper and self._keeper.has_more and self._following.acquire(blocking=False):
            try:
                self._keep(self._keeper)
            finally:
                self._following.release()

    def summary(self, wrapped_ids: Sequence[str], start: date, end: date) -> Answer:
        """One row for these customers together and the days from `start` up to `end`; OutsideYear when not all are in the year."""
        self._days({"start_date": start, "end_date": end})
        now = self._generation
        organizations = sorted({each for customer in wrapped_ids for each in now.customers.get(customer, ())})
        totals, read = DEFAULT.flat.totals(), 0
        for level, spans in zip((MONTHLY, DAILY), cover(start, end), strict=True):
            found = parts(self.history, level, organizations, spans)
            totals.add(found, are_days=level is DAILY)
            read += len(found)
        return Answer(DEFAULT.flat.columns, [DEFAULT.flat.row(totals, now.names)], read, read * PART_BYTES)

    def run(self, endpoint: Endpoint, parameters: Mapping[str, object]) -> Answer:
        """The answer of an endpoint; ParameterRefused or OutsideYear when it cannot be asked so.

        Values are bound, never put into a text. `rows_read` is what the statement returned: DuckDB tells nothing else.
        """
        asked = values(endpoint, parameters, self.year)
        start, end = self._days(asked)
        if not endpoint.sql:
            return self.summary([each.strip(" ") for each in str(asked["wrapped_id"]).split(",")], start, end)
        found = self.history.cursor().execute(endpoint.sql, bound(endpoint, asked))
        columns = [(name, str(kind)) for name, kind, *_ in found.description or ()]
        rows = [tuple(_public(value) for value in row) for row in found.fetchall()]
        return Answer(clickhouse_types(columns, rows), rows, len(rows), _size(rows))

    def _days(self, values: Mapping[str, object]) -> tuple[date, date]:
        """The days asked for, all of them in the year."""
        year = Span.year(self.year)
        start, end = values.get("start_date", year.start), values.get("end_date", year.end)
        if not (isinstance(start, date) and isinstance(end, date)):
            raise TypeError(f"start_date and end_date are dates, not {start!r} and {end!r}")
        if not (year.start <= start and end <= year.end):
            raise OutsideYear(self.year, start, end)
        return start, end

    def _keep(self, keeper: Keeper) -> None:
        paused = Paused([*self._fresh.taken.values()], self._fresh.waiting(), self.through)
        keeper.keep(self._overlay, paused, self._fresh.spool)

    def _resume(self) -> datetime | None:
        """Go on from what was kept; how far that reaches, None when nothing is."""
        paused = self._keeper.restore(self._overlay, self._fresh.spool) if self._keeper else None
        if paused is None:
            return None
        self._fresh.resume(paused.taken, paused.waiting)
        self._resumed = len(paused.taken), sum(not each.is_sound for each in paused.taken)
        return paused.through

    def _look(self, until: float | None, report: FollowReport) -> None:
        new: dict[str, list[Any]] = {family: [] for family in KINDS}
        for family, day in self._watch.places(self._fresh.folders(), until, report):
            try:
                listing = self._fresh.store.list_day(family, day)
            except LandingStoreError as error:
                self._watch.fail(error)
                continue
            report.unread |= listing.skipped
            found = self._fresh.new_of_day(family, day, listing.objects)
            new[family] += found
            if not found:
                self._watch.unchanged((family, day), listing.objects)
        for family, objects in new.items():
            with self._by_itself():
                self._fresh.take(family, objects, report)
        for name in DIMENSIONS:
            with self._by_itself():
                listing = self._fresh.store.list_dimension(name)
                report.unread |= listing.skipped
                if objects := self._fresh.new_of_dimension(name, listing.objects):
                    self._fresh.take_names(name, objects, report)

    @contextmanager
    def _by_itself(self) -> Iterator[None]:
        """What fails inside keeps nothing else from being taken in."""
        try:
            yield
        except Exception as error:
            self._watch.fail(error)

    def _reach(self, report: FollowReport) -> datetime:
        if report.through is None:
            return self.through
        last = datetime(self.year + 1, 1, 1, tzinfo=UTC) - timedelta(milliseconds=1)
        return min(max(self.through, report.through.replace(tzinfo=UTC)), last)

    def _generate(self, through: datetime) -> Generation:
        customers: dict[str, list[int]] = {}
        named = {}
        for organization, organization_id, region, customer in self._overlay.organizations():
            customers.setdefault(customer, []).append(organization)
            named[organization] = organization_id, region
        return Generation(
            {customer: tuple(organizations) for customer, organizations in customers.items()},
            Names(named, self._overlay.workspace_names()),
            through,
        )


def _public(value: Any) -> Any:
    """What may be shown of a value."""
    return public_name(value) if isinstance(value, str) else value


def _size(rows: Iterable[Row]) -> int:
    """The bytes of rows as numbers of 8 bytes and texts."""
    return sum(len(value) if isinstance(value, str) else 8 for row in rows for value in row)
