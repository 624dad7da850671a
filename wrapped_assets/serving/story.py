"""The story of a year: which moments a document has, in order, each with its figure and its sentences.

A pure function of the document, the company's name and the reader's way of writing numbers. The page, the cards, the
announcement and story.json all say what stands here, so a number is put into words once. A metric that is missing has no
moment. Nothing here knows about HTML, fonts or colours.
"""

from fractions import Fraction
from statistics import median

from wrapped_assets.comparisons import Unit, compare
from wrapped_assets.numbers import ENGLISH, Locale, count, milliseconds, nearest, scaled, share, size, times
from wrapped_assets.serving.moments import (
    MONTHS,
    NAMELESS,
    Moment,
    Row,
    Story,
    day_and_month,
    day_then_month,
    through,
)
from wrapped_assets.summaries import PublishedSummary, WorkspaceShare

ALL_OTHERS = "all others"
"""What the rest beside the top workspaces is called: a workspace may well be named "other"."""


def tell(document: PublishedSummary, company: str | None, locale: Locale = ENGLISH) -> Story:
    """The story of this document. A company without a name is told as NAMELESS."""
    name = " ".join((company or "").split()) or NAMELESS
    told = _Told(document, locale)
    moments = (told.opening(name), *(moment for moment in told.metrics() if moment), told.share(name))
    return Story(name, document.year, through(document.through), document, moments, locale)


def days(number: int, locale: Locale) -> str:
    """A number of days, in words."""
    return f"{locale.integer(number)} day{'' if number == 1 else 's'}"


class _Told:
    """One method a moment, in the order of the story. Comparisons are used once each."""

    def __init__(self, document: PublishedSummary, locale: Locale) -> None:
        self.document, self.locale = document, locale
        self.used: set[str] = set()

    def metrics(self) -> tuple[Moment | None, ...]:
        return (
            self.requests(),
            self.calendar(),
            self.peak(),
            self.read(),
            self.service(),
            self.storage(),
            self.ingestion(),
            self.workspaces(),
            self.pipes(),
            self.rank(),
            self.growth(),
        )

    def opening(self, company: str) -> Moment:
        document = self.document
        return Moment(
            "opening", f"{company}, wrapped", str(document.year), "wrapped",
            ("Everything counted once.", f"From 1 January through {through(document.through)}."),
        )  # fmt: skip

    def requests(self) -> Moment | None:
        total = self.document.requests.total
        if not total:
            return None
        return Moment(
            "requests", "Requests", self.locale.integer(total), _plural(total, "API request"),
            (f"All of {self.document.year}, errors included.{self._busiest_month()}",),
            comparison=self._compared(total, "requests"), exact=total,
        )  # fmt: skip

    def _busiest_month(self) -> str:
        """Nothing where only one month had requests: that it was the busiest says nothing."""
        busy = [month for month in self.document.months if month.requests]
        if len(busy) < 2:
            return ""
        best = max(busy, key=lambda month: (month.requests, -month.month))
        return f" {MONTHS[best.month - 1]} was the busiest month, with {self.locale.integer(best.requests)}."

    def calendar(self) -> Moment | None:
        active, longest = self.document.active_days, self.document.longest_streak_days
        if not active:
            return None
        covered = self.document.through.timetuple().tm_yday
        return Moment(
            "calendar", "Day by day", self.locale.integer(active),
            f"active {'day' if active == 1 else 'days'} of {covered}",
            (f"Longest streak: {days(longest, self.locale)} in a row.",), exact=active,
        )  # fmt: skip

    def peak(self) -> Moment | None:
        document, peak = self.document, self.document.peak_day
        if peak is None or document.peak_hour is None:
            return None
        typical = Fraction(median(map(Fraction, filter(None, document.days))))
        hour = document.peak_hour.hour_of_day
        ratio = times(peak.requests * typical.denominator, typical.numerator, self.locale)
        return Moment(
            "peak", "Peak day", day_and_month(peak.date),
            f"{self.locale.integer(peak.requests)} {_plural(peak.requests, 'request')}",
            (
                f"{ratio} times the median active day.",
                f"Over the year, {document.busiest_weekday} was the busiest weekday, and {hour:02}:00 to {(hour + 1) % 24:02}:00 UTC the busiest hour.",
            ),
            pieces=day_then_month(peak.date),
        )  # fmt: skip

    def read(self) -> Moment | None:
        told = self.document.requests
        if not told.bytes_read:
            return None
        figure, unit = scaled(told.bytes_read, self.locale)
        sentences = [f"Exactly {self.locale.integer(told.bytes_read)} bytes."]
        if told.rows_read:
            sentences.append(
                f"{count(told.rows_read, self.locale)} rows processed to answer with {count(told.result_rows, self.locale)}."
            )
        return Moment(
            "read", "Data read", figure, f"{unit} read", tuple(sentences),
            comparison=self._compared(told.bytes_read, "bytes"),
        )  # fmt: skip

    def service(self) -> Moment | None:
        told = self.document.requests
        if not told.total or told.p50_ms is None or told.p95_ms is None or told.p99_ms is None:
            return None
        longest = told.p99_ms or 1.0
        rows = tuple(
            Row(name, "\u00a0".join(milliseconds(value, self.locale)), (value / longest,))
            for name, value in (
                ("Half within", told.p50_ms),
                ("95 % within", told.p95_ms),
                ("99 % within", told.p99_ms),
            )
        )
        figure = share(told.total - told.errors, told.total, self.locale, 2)
        errors = f"{self.locale.integer(told.errors)} of {self.locale.integer(told.total)} failed."
        return Moment(
            "service", "Reliability and speed", figure, "answered without error",
            (errors if told.errors else "Not one request failed.",), rows,
        )  # fmt: skip

    def storage(self) -> Moment | None:
        kept = self.document.storage
        if kept is None or not kept.bytes:
            return None
        figure, unit = scaled(kept.bytes, self.locale)
        rows: tuple[Row, ...] = ()
        if kept.largest_datasource is not None:
            largest = kept.largest_datasource
            told = f"{size(largest.bytes, self.locale)}, {share(largest.bytes, kept.bytes, self.locale)} of it all"
            rows = (Row(largest.name, told, (largest.bytes / kept.bytes,)),)
        return Moment(
            "storage", "Storage", figure, f"{unit} kept",
            (f"{count(kept.rows, self.locale)} rows at the last reading.",), rows,
            self._compared(kept.bytes, "bytes"),
        )  # fmt: skip

    def ingestion(self) -> Moment | None:
        written = self.document.ingestion
        if written is None:
            return None
        most = max((kind.bytes for kind in written.top_event_types), default=0) or 1
        rows = tuple(
            Row(
                kind.event_type,
                f"{size(kind.bytes, self.locale)} in {count(kind.operations, self.locale)} {_plural(kind.operations, 'operation')}",
                (kind.bytes / most,),
            )
            for kind in written.top_event_types
        )
        figure, unit = scaled(written.bytes, self.locale)
        operations = f"{count(written.operations, self.locale)} {_plural(written.operations, 'operation')}"
        return Moment(
            "ingestion", "Ingestion", figure, f"{unit} written",
            (f"{count(written.rows, self.locale)} rows in {operations}.",), rows,
            self._compared(written.rows, "rows"),
        )  # fmt: skip

    def workspaces(self) -> Moment | None:
        named, rest = self.document.named_workspaces, self.document.other_workspaces
        if not named:
            return None
        rows = tuple(
            self._shares(one, ALL_OTHERS if one is rest else one.name) for one in self.document.top_workspaces
        )
        return Moment(
            "workspaces", "Top workspaces", named[0].name,
            f"leads with {self.locale.integer(named[0].requests)} {_plural(named[0].requests, 'request')}",
            ("Shares of all bytes read and written.",), rows,
        )  # fmt: skip

    def _shares(self, workspace: WorkspaceShare, name: str) -> Row:
        read, written = (_percent(part, self.locale) for part in (workspace.read_pct, workspace.write_pct))
        parts = (workspace.read_pct / 100, workspace.write_pct / 100)
        return Row(name, f"{read} read, {written} written", parts, (read, written))

    def pipes(self) -> Moment | None:
        pipes = self.document.top_pipes
        if not pipes:
            return None
        most = pipes[0].requests or 1
        rows = tuple(
            Row(pipe.name, f"{self.locale.integer(pipe.requests)} {_plural(pipe.requests, 'request')}", (pipe.requests / most,))
            for pipe in pipes
        )  # fmt: skip
        return Moment("pipes", "Top pipes", pipes[0].name, "was asked most", rows=rows)

    def rank(self) -> Moment | None:
        rank = self.document.rank
        if rank is None:
            return None
        return Moment(
            "rank", "Rank", f"{rank.percentile}\u00a0%", "of customers sent fewer requests",
            (f"Among {self.locale.integer(rank.cohort_size)} customers with a request in {self.document.year}.",),
        )  # fmt: skip

    def growth(self) -> Moment | None:
        before, total = self.document.previous_year, self.document.requests.total
        if before is None:
            return None
        tenths = nearest(Fraction(str(abs(before.change_pct))), 1)
        sign, words = _direction(before.change_pct)
        return Moment(
            "growth", "Against last year", f"{sign}{self.locale.decimal(tenths, 1)}\u00a0%",
            f"{words} in {self.document.year - 1}",
            rows=(
                Row(str(self.document.year - 1), self.locale.integer(before.requests), (before.requests / max(total, before.requests),)),
                Row(str(self.document.year), self.locale.integer(total), (total / max(total, before.requests),)),
            ),
        )  # fmt: skip

    def share(self, company: str) -> Moment:
        return Moment("share", "Share it", company, f"{self.document.year} wrapped")

    def _compared(self, value: int, unit: Unit) -> str | None:
        comparison = compare(value, unit, self.used, self.locale)
        if comparison is None:
            return None
        self.used.add(comparison.thing.key)
        return comparison.text


def _plural(number: int, noun: str) -> str:
    return noun if number == 1 else f"{noun}s"


def _percent(value: float, locale: Locale) -> str:
    return f"{locale.decimal(nearest(Fraction(str(value)), 1), 1)}\u00a0%"


def _direction(change: float) -> tuple[str, str]:
    if not change:
        return "", "as many requests as"
    return ("+", "more requests than") if change > 0 else ("\u2212", "fewer requests than")
