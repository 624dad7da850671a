"""The story of a year: which moments a document has, in order, each with its figure and its sentences.

A pure function of the document, the company's name and the reader's way of writing numbers. The page, the cards, the
announcement and story.json all say what stands here, so a number is put into words once. A metric that is missing has no
moment. Nothing here knows about HTML, fonts or colours.
"""

from wrapped_assets.comparisons import Unit, compare
from wrapped_assets.numbers import ENGLISH, Locale, count, milliseconds, scaled, share, size
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
from wrapped_assets.serving.wording import (
    against,
    beside_the_median,
    busiest,
    counted,
    on_one_line,
    one_weekday_leads,
    percent,
    plural,
    roughly,
)
from wrapped_assets.summaries import PublishedSummary, WorkspaceShare

ALL_OTHERS = "all others"
"""What the rest beside the top workspaces is called: a workspace may well be named "other"."""


def tell(document: PublishedSummary, company: str | None, locale: Locale = ENGLISH) -> Story:
    """The story of this document. A company without a name is told as NAMELESS."""
    name = on_one_line(company or "") or NAMELESS
    told = _Told(document, locale)
    moments = (told.opening(name), *(moment for moment in told.metrics() if moment), told.share(name))
    return Story(name, document.year, through(document.through), document, moments, locale)


class _Told:
    """One method a moment, in the order of the story. Comparisons are used once each."""

    def __init__(self, document: PublishedSummary, locale: Locale) -> None:
        self.document, self.locale = document, locale
        self.used: set[str] = set()
        self.is_over = document.through.timetuple().tm_yday == len(document.days)

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
            "requests", "Requests", self.locale.integer(total), plural(total, "API request"),
            (f"{self._covered()}, errors included.{self._busiest_month()}",),
            comparison=self._compared(total, "requests"), exact=total,
        )  # fmt: skip

    def _covered(self) -> str:
        return f"All of {self.document.year}" if self.is_over else f"{self.document.year} so far"

    def _busiest_month(self) -> str:
        """Nothing where only one month had requests: that it was the busiest says nothing."""
        busy = [month for month in self.document.months if month.requests]
        if len(busy) < 2:
            return ""
        best = max(busy, key=lambda month: (month.requests, -month.month))
        name, told = MONTHS[best.month - 1], self.locale.integer(best.requests)
        if sum(month.requests == best.requests for month in busy) > 1:
            return f" No month was busier than {name}, with {told}."
        return f" {name} was the busiest month, with {told}."

    def calendar(self) -> Moment | None:
        active, longest = self.document.active_days, self.document.longest_streak_days
        if not active:
            return None
        covered = self.document.through.timetuple().tm_yday
        return Moment(
            "calendar", "Day by day", self.locale.integer(active),
            f"active {plural(active, 'day')} of {covered}",
            (f"Longest streak: {counted(longest, 'day', self.locale)} in a row.",), exact=active,
        )  # fmt: skip

    def peak(self) -> Moment | None:
        document, peak = self.document, self.document.peak_day
        if peak is None or document.peak_hour is None:
            return None
        weekday = document.busiest_weekday if one_weekday_leads(document.days) else None
        return Moment(
            "peak", "Peak day", day_and_month(peak.date),
            counted(peak.requests, "request", self.locale),
            (
                beside_the_median(document.days, self.locale),
                busiest(weekday, document.peak_hour.hour_of_day),
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
                f"{roughly(told.rows_read, 'row', self.locale)} processed to answer with {count(told.result_rows, self.locale)}."
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
            (f"{roughly(kept.rows, 'row', self.locale)} at the last reading.",), rows,
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
                f"{size(kind.bytes, self.locale)} in {roughly(kind.operations, 'operation', self.locale)}",
                (kind.bytes / most,),
            )
            for kind in written.top_event_types
        )
        figure, unit = scaled(written.bytes, self.locale)
        operations = roughly(written.operations, "operation", self.locale)
        return Moment(
            "ingestion", "Ingestion", figure, f"{unit} written",
            (f"{roughly(written.rows, 'row', self.locale)} in {operations}.",), rows,
            self._compared(written.rows, "rows"),
        )  # fmt: skip

    def workspaces(self) -> Moment | None:
        named, rest = self.document.named_workspaces, self.document.other_workspaces
        if not named:
            return None
        listed = [(one, ALL_OTHERS if one is rest else one.name) for one in self.document.top_workspaces]
        has_shares = any(one.read_pct or one.write_pct for one, _ in listed)
        most = max(one.requests for one, _ in listed) or 1
        rows = tuple(self._shares(*one) if has_shares else self._asked(*one, most) for one in listed)
        return Moment(
            "workspaces", "Top workspaces", named[0].name, self._leads(named),
            ("Shares of all bytes read and written.",) if has_shares else (), rows,
        )  # fmt: skip

    def _leads(self, named: tuple[WorkspaceShare, ...]) -> str:
        """Nobody leads alone, nor beside an equal, nor with nothing."""
        requests = named[0].requests
        if not requests:
            return ""
        leads = len(named) > 1 and requests > named[1].requests
        return f"{'leads ' if leads else ''}with {counted(requests, 'request', self.locale)}"

    def _asked(self, workspace: WorkspaceShare, name: str, most: int) -> Row:
        return Row(name, counted(workspace.requests, "request", self.locale), (workspace.requests / most,))

    def _shares(self, workspace: WorkspaceShare, name: str) -> Row:
        read, written = (percent(part, self.locale) for part in (workspace.read_pct, workspace.write_pct))
        parts = (workspace.read_pct / 100, workspace.write_pct / 100)
        return Row(name, f"{read} read, {written} written", parts, (read, written))

    def pipes(self) -> Moment | None:
        pipes = self.document.top_pipes
        if not pipes:
            return None
        most = pipes[0].requests or 1
        rows = tuple(
            Row(pipe.name, counted(pipe.requests, "request", self.locale), (pipe.requests / most,))
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
        figure, unit = against(self.document.year - 1, before.requests, total, self.is_over, self.locale)
        return Moment(
            "growth", "Against last year", figure, unit,
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
