"""The editions that this worker answers from, and how a promotion changes them while requests go on.

A worker looks once a second whether another version was promoted. The new one is opened beside the old, then one reference
moves; the old one is closed when the last request that uses it has ended, which Python's references say. Nothing here waits for anything in a request, and no
promotion waits for landing.
"""

import logging
import threading
import time
import weakref
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from wrapped_assets.editions.reader import Published
from wrapped_assets.editions.version import Version
from wrapped_assets.serving.live.live import Live
from wrapped_assets.snapshot.following import FollowReport

log = logging.getLogger(__name__)

Open = Callable[[Path, Version], Live]
"""Opens the snapshot of a version, which is in this file, as what answers questions about its year."""

LOOK_SECONDS = 1.0
"""Between two looks at the pointers."""

FOLLOW_EVERY_SECONDS = 5.0
"""Between two listings of landing: a file that landed is in the answers after some 5 s."""

FOLLOW_SECONDS = 4.0
"""How long one listing of landing may go on before the newest days are looked at again."""

CATCH_UP_SECONDS = 10.0
"""The same for a version that takes another one's place. One without a predecessor is not called ready for so long, unless it is caught up."""

LONGEST_PAUSE_SECONDS = 60.0
"""Between two attempts to open a version: the second comes after one second, each further one after twice as long as the one before."""

YEARS_EVERY = 15
"""Looks between two listings of the published years; a year's first promotion is seen after that long at most."""


class NoAnswers(Exception):
    """The year has pages and no answers; the text is for the caller."""


@dataclass
class Edition:
    """One version of a year, open for as long as anything refers to it: the shelf while it is current, each request that uses it."""

    version: Version
    live: Live | None
    """What answers; None for a frozen edition that rows came too late for before it was published. Its documents are the one truth
    about the year: the snapshot of the version before would say something else, and follow landing.
    """

    files: dict[str, int] = field(default_factory=dict)
    """Files of landing beyond the snapshot: taken and quarantined so far, by the process before this one too; held at the last look, unread in the last pass."""

    complete_at: float = 0.0
    """Everything that had landed by then (Unix time) is in the answers; 0 before it was caught up with once."""

    opened_at: float = field(default_factory=time.time)
    _told: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        if self.live:
            weakref.finalize(self, self.live.close)

    def follow(self, seconds: float) -> None:
        """Take in what landed, and log what cannot be read; raises why not all of it could be taken in."""
        report = self.live.follow(seconds) if self.live else FollowReport(complete_at=time.time())
        self.files = {
            "taken": self.files.get("taken", 0) + report.taken + report.resumed,
            "quarantined": self.files.get("quarantined", 0) + report.quarantined + report.resumed_quarantined,
            "held": len(report.held),
            "unread": len(report.unread),
        }
        self.complete_at = report.complete_at or self.complete_at
        for name in sorted(report.unread.keys() - self._told):
            log.warning("Skipped %s of landing, and tried again: %s", name, report.unread[name])
        self._told = set(report.unread)
        if report.failure:
            raise report.failure


@dataclass
class Failed:
    """A version that could not be opened. Looking costs reading all of its snapshot, so it is looked at ever more rarely."""

    number: int
    error: Exception
    times: int
    again_at: float
    """On the shelf's clock."""


@dataclass
class Shelf:
    """The open editions by year."""

    published: Published
    open: Open
    folder: Path
    """Where snapshots from a bucket are kept; this worker's own."""

    clock: Callable[[], float] = time.monotonic
    _editions: Mapping[int, Edition] = field(default_factory=dict)
    _failed: dict[int, Failed] = field(default_factory=dict)
    _looks: int = 0
    _years: list[int] = field(default_factory=list)
    _looking: threading.Lock = field(default_factory=threading.Lock)
    # Why the last look at the promotions, and the last one at landing, failed.
    _trouble: str = ""
    _trouble_of_landing: str = ""

    @property
    def trouble(self) -> str:
        """Why the last look failed; empty when it did not."""
        return self._trouble or self._trouble_of_landing

    @property
    def years(self) -> list[int]:
        """The years that can be asked about, ascending."""
        return sorted(self._editions)

    @property
    def editions(self) -> dict[int, Edition]:
        """What is open of each year, ascending; only to be looked at."""
        return dict(sorted(self._editions.items()))

    def numbers(self) -> dict[int, int]:
        """The version of each year."""
        return {year: edition.version.number for year, edition in self.editions.items()}

    def is_catching_up(self, now: float) -> bool:
        """Whether a year was opened just now and may lack what landed since it was published."""
        return any(
            not edition.complete_at and now < edition.opened_at + CATCH_UP_SECONDS
            for edition in self._editions.values()
        )

    @contextmanager
    def using(self, year: int) -> Iterator[Live]:
        """What answers about a year, open until the block ends; KeyError when the year is not there, NoAnswers when it has none."""
        edition = self._editions[year]  # referred to until the block ends
        if edition.live is None:
            raise NoAnswers(f"The edition of {year} has pages only, no endpoint answers about it")
        yield edition.live

    def look(self) -> None:
        """See what is promoted; never raises."""
        with self._looking:
            trouble = ""
            if self._looks % YEARS_EVERY == 0 or not self._years:
                trouble = self._attempt("list the published years", self._list_years)
            for year in self._years:
                trouble = self._attempt(f"open the edition of {year}", partial(self._open, year)) or trouble
            self._looks += 1
            self._trouble = trouble

    def follow(self) -> None:
        """See what landed; never raises. One thread at a time."""
        trouble = ""
        for year, edition in self._editions.items():
            followed = partial(edition.follow, FOLLOW_SECONDS)
            trouble = self._attempt(f"follow landing for {year}", followed) or trouble
        self._trouble_of_landing = trouble

    def close(self) -> None:
        """Keep what was taken in for the next process, and answer no more."""
        with self._looking:
            editions, self._editions = self._editions, {}
        for edition in editions.values():
            # Here and not when one closes: the version that took its place keeps under the same name.
            if edition.live:
                edition.live.keep()

    def _list_years(self) -> None:
        self._years = self.published.years()

    def _open(self, year: int) -> None:
        """Put the promoted version of a year in its place, if it is another than before."""
        version, before = self.published.current(year), self._editions.get(year)
        if version is None or (before and before.version.number == version.number):
            return
        edition = Edition(version, self._opened(version))
        if before:
            # What the one before already had of landing must not be missing for a while.
            self._attempt(f"follow landing for {year}", partial(edition.follow, CATCH_UP_SECONDS))
        self._editions = {**self._editions, year: edition}
        if before:
            self._forget_snapshot(before.version)

    def _opened(self, version: Version) -> Live | None:
        """What answers from this version; raises what was raised before while it is not time to try again."""
        failed = self._failed.get(version.year)
        if failed and failed.number != version.number:
            failed = None
        if failed and self.clock() < failed.again_at:
            raise failed.error
        try:
            live = self._live(version)
        except Exception as error:
            times = failed.times + 1 if failed else 0
            pause = min(2.0 ** min(times, 10), LONGEST_PAUSE_SECONDS)
            kept = error.with_traceback(None)
            self._failed[version.year] = Failed(version.number, kept, times, self.clock() + pause)
            raise
        self._failed.pop(version.year, None)
        return live

    def _live(self, version: Version) -> Live | None:
        if not version.has_snapshot:
            return None
        return self.open(version.fetch_snapshot(self.folder), version)

    def _forget_snapshot(self, version: Version) -> None:
        """Its copy in this worker's folder is used no more; a request that still has it open keeps it until it ends."""
        for path in self.folder.glob(f"{version.year}-v{version.number}-*"):
            path.unlink(missing_ok=True)

    def _attempt(self, what: str, action: Callable[[], object]) -> str:
        try:
            action()
        except Exception as error:
            # The report of a look keeps its error, which would keep the edition that it passed through.
            error.__traceback__ = None
            # Whatever a store or an engine says is for its own log: it may hold addresses. The next look tries again.
            log.warning("could not %s: %s", what, type(error).__name__)
            return f"could not {what}: {type(error).__name__}"
        return ""
