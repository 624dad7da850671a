"""A look at landing: which folders it goes through, and what it reports.

Each look lists the newest days. For all the others there is a pass: one listing of each family, from which only a mark of
each day is kept. A day whose mark is not the one that was last seen to hold nothing new is listed by itself. A listing of a family is a
request for each thousand files: of 3 regions, 4 families and 365 days with 24 files each 108 of them, where day by day takes 1,460.
"""

import time
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, datetime

from wrapped_assets.landing import layout
from wrapped_assets.landing.objects import LandingObject, mark_of
from wrapped_assets.landing.store import LandingStore

NEWEST_DAYS = 3
"""Listed at every look."""

PASS_SECONDS = 10.0
"""From the beginning of a pass to that of the next, or longer when it takes longer."""

Place = tuple[str, date]
"""A family and a day."""


@dataclass
class FollowReport:
    """What one look at landing did.

    `held` are the files that would have been needed and could not be read: the hours they have rows in stay as they were.
    `unread` are new files and folders that could not be looked at. Each pass tries them again, and they are told until one
    could: a file that the store refuses for good is named here, and delays nothing else.
    """

    listed: int = 0
    taken: int = 0
    quarantined: int = 0
    hours: int = 0
    held: dict[str, str] = field(default_factory=dict)
    held_hours: int = 0
    unread: dict[str, str] = field(default_factory=dict)
    through: datetime | None = None
    resumed: int = 0
    """Files that a process before this one took in, told at the first look; `resumed_quarantined` of them were quarantined."""

    resumed_quarantined: int = 0
    complete_at: float | None = None
    """Everything that had landed by then (Unix time) and is not `unread` is taken in; None when no pass ended with this look."""

    failure: Exception | None = None
    """Why a listing failed, or a family could not be taken in, in this pass or the one before; the rest was taken all the same."""

    @property
    def changed(self) -> bool:
        """Whether answers may differ from before."""
        return self.taken > 0 or self.hours > 0


@dataclass
class Missed:
    """What a pass could not read, and why the first of what should have worked did not."""

    unread: dict[str, str] = field(default_factory=dict)
    failure: Exception | None = None


class Pass:
    """One listing of every family, which may be interrupted and gone on with."""

    def __init__(self, store: LandingStore, families: Iterable[str]) -> None:
        self.began_at, self.began = time.time(), time.monotonic()
        self.marks: dict[Place, int] = {}
        self.skipped: dict[str, str] = {}

        self._pages = {family: store.pages(family) for family in families}

    def go_on(self, until: float | None) -> bool:
        """Until that monotonic second, several families at a time; whether the end is reached. LandingStoreError as from a listing."""
        if self._pages:
            with ThreadPoolExecutor(len(self._pages), "listing") as pool:
                over = dict(
                    zip(
                        self._pages,
                        pool.map(lambda family: self._list(family, until), self._pages),
                        strict=True,
                    )
                )
            self._pages = {family: pages for family, pages in self._pages.items() if not over[family]}
        return not self._pages

    def _list(self, family: str, until: float | None) -> bool:
        for page in self._pages[family]:
            self._add(family, page.objects)
            self.skipped |= page.skipped
            if until is not None and time.monotonic() >= until:
                return False
        return True

    def _add(self, family: str, files: Iterable[LandingObject]) -> None:
        for file in files:
            day = layout.day_of_folder(file.key.split("/", 2)[1])
            if day:
                place = family, day
                self.marks[place] = self.marks.get(place, 0) + mark_of([file])


class Watch:
    """Knows where to look next. `known` are the marks of the days of which nothing is new, at first those of the ledger."""

    def __init__(self, store: LandingStore, year: int, known: Mapping[Place, int]) -> None:
        self._store, self._year = store, year
        self._known = dict(known)
        self._pass: Pass | None = None
        # Of a pass that ended: days still to be listed, the last one first.
        self._left: list[Place] | None = None
        self._missed, self._missed_before = Missed(), Missed()

    def places(
        self, folders: Mapping[str, set[date]], until: float | None, report: FollowReport
    ) -> Iterator[Place]:
        """The newest days, then what the pass found; all of it, or until that monotonic second and one at least."""
        if until is None:
            self._pass = self._left = None
            self._missed = Missed()
        # First, so that whatever lands after it began is of a later one.
        is_over = self._ended(folders, until)
        newest = sorted(set().union(*folders.values()), reverse=True)[:NEWEST_DAYS]
        for day in newest:
            report.listed += 1
            yield from ((family, day) for family in folders if day in folders[family])
        left = self._left or []
        while is_over and left:
            place = left.pop()
            if place[1] in newest:
                continue
            report.listed += 1
            yield place
            if until is not None and time.monotonic() >= until:
                return

    def unchanged(self, place: Place, files: Iterable[LandingObject]) -> None:
        """Nothing is new in this listing of a day."""
        self._known[place] = mark_of(files)

    def fail(self, error: Exception) -> None:
        """Something of this pass could not be listed or taken in. It goes on with the rest; only the next one can be whole."""
        self._missed.failure = self._missed.failure or error.with_traceback(None)

    def drop(self) -> None:
        """Nobody knows what became of the days of this pass: another one begins with the next look."""
        self._pass = self._left = None

    def tell(self, report: FollowReport) -> None:
        """Add what this look missed to what is told. Before a pass is over, so is what the one before it missed."""
        self._missed.unread |= report.unread
        before = Missed() if self._left == [] else self._missed_before
        report.unread = before.unread | self._missed.unread
        report.failure = self._missed.failure or before.failure

    def finished(self) -> float | None:
        """When the pass began (Unix time) whose days have all been listed and taken in; None while there are some left."""
        if self._left is None or self._left or self._pass is None or self._missed.failure:
            return None
        return self._pass.began_at

    def _ended(self, folders: Mapping[str, set[date]], until: float | None) -> bool:
        """Begin a pass when it is time, and go on with it; whether its days can be listed."""
        now = self._pass
        if now is None or (self._left == [] and time.monotonic() >= now.began + PASS_SECONDS):
            if now is not None:
                self._missed_before, self._missed = self._missed, Missed()
            now, self._left = Pass(self._store, folders), None
        # Put back once it went well: after an error another one begins.
        self._pass = None
        is_over = now.go_on(until)
        self._pass = now
        self._missed.unread |= now.skipped
        if is_over and self._left is None:
            self._left = self._to_list(now, folders)
        return is_over

    def _to_list(self, ended: Pass, folders: Mapping[str, set[date]]) -> list[Place]:
        """The days with another mark than when nothing was new there: those of the own year come last, the newest at the very end."""
        changed = [
            (family, day)
            for family, days in folders.items()
            for day in days
            if ended.marks.get((family, day), 0) != self._known.get((family, day), 0)
        ]
        return sorted(changed, key=lambda place: (place[1].year == self._year, place[1], place[0]))
