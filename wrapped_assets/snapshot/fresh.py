"""What landed since the snapshot: the exact difference between a listing and the ledger, and the hours it touches."""

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from time import monotonic

import duckdb

from wrapped_assets.landing import layout
from wrapped_assets.landing.objects import Fetched, LandingObject, Problem
from wrapped_assets.landing.store import LandingStore, LandingStoreError
from wrapped_assets.periods import Span
from wrapped_assets.products import DIMENSIONS, FAMILIES
from wrapped_assets.resources.duckdb.judging import Contents, judge
from wrapped_assets.resources.warehouse import LandedFile, LedgerFile
from wrapped_assets.snapshot.following import FollowReport
from wrapped_assets.snapshot.history import HeldFile, History
from wrapped_assets.snapshot.overlay import Overlay, Piece
from wrapped_assets.snapshot.tables import KINDS
from wrapped_assets.snapshot.touched import Hours, batches, chunks, count

# An hour that could not be recomputed because a file of it was gone is tried again so often: the file may come back. So is a file
# that could not be taken in.
HELD_SECONDS = 60.0

# The operating system's errors that are about one file; its others, such as a full disk, are about this machine.
_OF_ONE_FILE = (FileNotFoundError, PermissionError)
# What is about this machine or its store: no file is skipped for it.
_NOT_THE_FILES_FAULT = (LandingStoreError, duckdb.OutOfMemoryException, duckdb.FatalException, MemoryError)


@dataclass(frozen=True)
class Taken:
    """A file version that landed since the snapshot: where it has rows, and how many. Nowhere, when all of it is in quarantine."""

    family: str
    file: LedgerFile
    contents: Contents
    is_sound: bool


@dataclass(frozen=True)
class HeldNames:
    """New snapshots of names that cannot be taken in, since a rebuild needs one which is gone."""

    new: Sequence[LandingObject]
    problems: Mapping[str, str]
    again_at: float


@dataclass(frozen=True)
class Skipped:
    """A file version that could not be taken in, why, and when it is tried again."""

    etag: str
    reason: str
    again_at: float


class Fresh:
    """The file versions that landed since a snapshot, and their way into the overlay. One thread at a time."""

    def __init__(
        self,
        history: History,
        overlay: Overlay,
        store: LandingStore,
        spool: Path,
        calendar: Callable[[], Span],
    ) -> None:
        self.history, self.overlay, self.store, self.calendar = history, overlay, store, calendar
        # The database is locked out of every other folder.
        self.spool = spool
        self.taken: dict[str, Taken] = {}
        # Touched and not recomputed yet: what raw had not followed, days outside the calendar, what a failure left.
        self._waiting: dict[str, Hours] = {family: history.waiting(family) for family in KINDS}
        # Hours that need a file which is gone, and when they are tried again.
        self._held: dict[str, Hours] = {family: {} for family in KINDS}
        self._again_at = dict.fromkeys(KINDS, 0.0)
        # Snapshots of names that wait for one which is gone: which they are, what is the matter, and when they are tried again.
        self._held_names: dict[str, HeldNames] = {}
        self._skipped: dict[str, Skipped] = {}

    def waiting(self) -> dict[str, Hours]:
        """All hours that are touched and not recomputed, by family: those that need a file which is gone too."""
        found = {family: dict(hours) for family, hours in self._waiting.items()}
        for family, held in self._held.items():
            for day, hours in held.items():
                found[family][day] = found[family].get(day, 0) | hours
        return found

    def resume(self, taken: Iterable[Taken], waiting: Mapping[str, Hours]) -> None:
        """Go on from where another process stopped, whose tables the overlay has already."""
        self.taken = {each.file.key: each for each in taken}
        self._waiting = {family: dict(waiting[family]) for family in KINDS}

    def folders(self) -> dict[str, set[date]]:
        """The days of the calendar that have a folder, by family."""
        calendar = self.calendar()
        return {family: {day for day in self.store.days(family).days if day in calendar} for family in KINDS}

    def new_of_day(self, family: str, day: date, listing: Sequence[LandingObject]) -> list[LandingObject]:
        """Those of a day's folder that neither the snapshot nor an earlier look holds in this version."""
        return self._new(self.history.known(family, day), listing)

    def new_of_dimension(self, name: str, listing: Sequence[LandingObject]) -> list[LandingObject]:
        """The same of the snapshots of a dimension."""
        return self._new(self.history.known(name, None), listing)

    def take(self, family: str, new: Sequence[LandingObject], report: FollowReport) -> None:
        """Take in new files of a family, and recompute every hour that is touched and whose day has come."""
        self._try_held_again(family)
        for batch in [*batches(self._due(new, report))] or [[]]:
            self._apart(self._take_hours, family, batch, report)

    def take_names(self, name: str, new: Sequence[LandingObject], report: FollowReport) -> None:
        """Take in new snapshots of names."""
        if due := self._due(new, report):
            self._apart(self._take_names, name, due, report)

    def _due(self, new: Iterable[LandingObject], report: FollowReport) -> list[LandingObject]:
        """Those to be tried now; why the others are not goes into the report."""
        due = []
        for item in new:
            skipped = self._skipped.get(item.key)
            if skipped and skipped.etag == item.etag and monotonic() < skipped.again_at:
                report.unread[item.key] = skipped.reason
            else:
                due.append(item)
        return due

    def _apart(
        self,
        take: Callable[[str, Sequence[LandingObject], FollowReport], None],
        source: str,
        new: Sequence[LandingObject],
        report: FollowReport,
    ) -> None:
        """Take in these files; when that fails, in halves, to find those that cannot be and skip them for a while."""
        taken, waiting = dict(self.taken), dict(self._waiting.get(source, {}))
        try:
            take(source, new, report)
            return
        except Exception as error:
            self.taken = taken
            if source in KINDS:
                self._waiting[source] = waiting
            of_the_machine = isinstance(error, OSError) and not isinstance(error, _OF_ONE_FILE)
            if of_the_machine or isinstance(error, _NOT_THE_FILES_FAULT) or not new:
                raise
            failure = error.with_traceback(None)
        if len(new) == 1:
            take(source, [], report)  # raises when it is not this file that cannot be taken in
            reason = f"{type(failure).__name__}: {str(failure).splitlines()[0]}"
            if isinstance(failure, FileNotFoundError):
                reason = str(Problem.VANISHED)
            self._skipped[new[0].key] = Skipped(new[0].etag, reason, monotonic() + HELD_SECONDS)
            report.unread[new[0].key] = reason
            return
        for half in (new[: len(new) // 2], new[len(new) // 2 :]):
            self._apart(take, source, half, report)

    def _take_hours(self, family: str, batch: Sequence[LandingObject], report: FollowReport) -> None:
        with self._brought(batch) as fetched:
            taken = self._judged(family, batch, fetched, report)
            self._touch(family, taken)
            self.taken |= {each.file.key: each for each in taken}
            self._recompute(family, fetched, report)
            _count(taken, report)

    def _take_names(self, name: str, new: Sequence[LandingObject], report: FollowReport) -> None:
        """A changed snapshot makes all of them be read again, as in a warehouse.

        When one of these is gone, the names stay as they were, and the same files are not tried again for a while.
        """
        held = self._held_names.pop(name, None)
        if held and held.new == new and monotonic() < held.again_at:
            report.held |= held.problems
            self._held_names[name] = held
            return
        with self._brought(new) as fetched:
            taken = {each.file.key: each for each in self._judged(name, new, fetched, report)}
            present = {**self._names_before(name), **taken}
            rebuild = len(present) < len(self._names_before(name)) + len(taken)
            chosen = present if rebuild else taken
            files = [each.file for each in chosen.values() if each.is_sound]
            with self._beside(fetched, files) as everything:
                if everything.problems:
                    problems = _problems_of(everything)
                    self._held_names[name] = HeldNames(new, problems, monotonic() + HELD_SECONDS)
                    report.held |= problems
                    return
                self.overlay.merge_names(name, files, everything, rebuild)
        self.taken |= taken
        _count(taken.values(), report)

    def _new(self, known: Mapping[str, str], listing: Iterable[LandingObject]) -> list[LandingObject]:
        return [item for item in listing if self._etag(item.key, known) != item.etag]

    def _etag(self, key: str, known: Mapping[str, str]) -> str | None:
        taken = self.taken.get(key)
        return taken.file.etag if taken else known.get(key)

    def _judged(
        self, source: str, batch: Sequence[LandingObject], fetched: Fetched, report: FollowReport
    ) -> list[Taken]:
        """What is in these files, by the rules that every import keeps."""
        report.unread |= _problems_of(fetched)
        landed = [_landed(source, item, fetched) for item in batch if item.key in fetched.paths]
        judgement = judge(self.history.cursor(), source, landed)
        taken = []
        for file in landed:
            contents, is_sound = judgement.contents_of(file), file.path not in judgement.quarantined
            has_impossible_rows = contents.bad_row_count > 0
            known = LedgerFile(0, file.key, file.etag, file.size, has_impossible_rows, file.region)
            taken.append(Taken(source, known, contents, is_sound))
        return taken

    def _touch(self, family: str, taken: Sequence[Taken]) -> None:
        """Have the hours wait in which these files have rows, and those in which the versions they replace had."""
        before = [self.taken[each.file.key] for each in taken if each.file.key in self.taken]
        for each in (*taken, *before):
            for day, held in each.contents.days.items():
                self._wait(family, day, held.hours)
        others = {each.file.key for each in taken} - self.taken.keys()
        for day, hours in self.history.hours_of_files(family, others):
            self._wait(family, day, hours)

    def _wait(self, family: str, day: date, hours: int) -> None:
        if day.year == self.history.year:
            waiting = self._waiting[family]
            waiting[day] = waiting.get(day, 0) | hours

    def _recompute(self, family: str, fetched: Fetched, report: FollowReport) -> None:
        """Replace the hours that wait and whose day has come, except those that need a file which is gone: they stay as they were."""
        calendar = self.calendar()
        due = {day: hours for day, hours in self._waiting[family].items() if day in calendar}
        with closing(self._pieces(family, due, fetched, report)) as pieces:
            replaced = self.overlay.replace_hours(FAMILIES[family], pieces)
        held = {day: left for day, hours in due.items() if (left := hours & ~replaced.get(day, 0))}
        if held:
            for day, hours in held.items():
                self._held[family][day] = self._held[family].get(day, 0) | hours
            self._again_at[family] = monotonic() + HELD_SECONDS
        self._waiting[family] = {day: hours for day, hours in self._waiting[family].items() if day not in due}
        report.hours += count(replaced)
        report.held_hours += count(held)

    def _try_held_again(self, family: str) -> None:
        if self._held[family] and monotonic() >= self._again_at[family]:
            for day, hours in self._held[family].items():
                self._wait(family, day, hours)
            self._held[family] = {}

    def _pieces(
        self, family: str, due: Hours, fetched: Fetched, report: FollowReport
    ) -> Generator[Piece, None, None]:
        """The hours whose files can all be read, with these, so many at a time that memory holds them."""
        files = self._files_of(family, due)
        for chunk in chunks(due, files):
            needed = [held for held in files if held.hours & chunk.get(held.day, 0)]
            with self._beside(fetched, [held.file for held in needed]) as everything:
                report.held |= _problems_of(everything)
                hours = dict(chunk)
                for held in needed:
                    if held.file.key in everything.problems:
                        hours[held.day] &= ~held.hours
                hours = {day: left for day, left in hours.items() if left}
                here = [held for held in needed if held.file.key in everything.paths]
                if hours:
                    yield Piece(hours, here, everything)

    def _files_of(self, family: str, touched: Hours) -> list[HeldFile]:
        """The present version of every file that has rows on these days."""
        days = sorted(touched)
        before = [
            held for held in self.history.files_of_hours(family, days) if held.file.key not in self.taken
        ]
        since = [
            HeldFile(each.file, day, held.row_count, held.hours)
            for each in self.taken.values()
            if each.family == family
            for day, held in each.contents.days.items()
            if day in touched
        ]
        return before + since

    def _names_before(self, name: str) -> dict[str, Taken]:
        """The landed snapshots of a dimension in the version that counts at this moment."""
        recorded = {
            file.key: Taken(name, file, Contents(), is_sound=True)
            for file in self.history.files_of_dimension(name)
        }
        return recorded | {key: each for key, each in self.taken.items() if each.family == name}

    @contextmanager
    def _beside(self, fetched: Fetched, files: Iterable[LedgerFile]) -> Iterator[Fetched]:
        """These files, fetching those that are not near already."""
        wanted = {file.key: file for file in files}
        missing = [
            LandingObject(f.key, f.etag, f.size) for f in wanted.values() if f.key not in fetched.paths
        ]
        with self._brought(missing) as more:
            yield Fetched({**fetched.paths, **more.paths}, more.problems)

    def _brought(self, objects: Sequence[LandingObject]) -> AbstractContextManager[Fetched]:
        return self.store.fetch(objects, self.spool, spare_refused=True)


def _landed(source: str, item: LandingObject, fetched: Fetched) -> LandedFile:
    place = layout.parse(item.key)
    day = None if source in DIMENSIONS else layout.day_of_folder(item.key.split("/")[1])
    region = place.region if place else None
    return LandedFile(item.key, item.etag, item.size, day, region, fetched.paths[item.key])


def _count(taken: Iterable[Taken], report: FollowReport) -> None:
    """Report files that are in the answers from now on, or in quarantine."""
    for each in taken:
        report.taken += 1
        report.quarantined += not each.is_sound
        last = each.contents.last_exported_at
        if each.is_sound and last:
            report.through = max(last, report.through or last)


def _problems_of(fetched: Fetched) -> dict[str, str]:
    return {key: str(problem) for key, problem in fetched.problems.items()}
