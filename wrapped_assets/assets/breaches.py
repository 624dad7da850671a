"""What earlier evaluations of a check found broken, so that a check of one day does not hide a failing year.

Why it is kept here and not in partitions of Dagster's checks: docs/decisions/0017-checks-of-a-part.md.
"""

from dataclasses import dataclass
from datetime import date, datetime

import dagster as dg
from dagster._core.storage.asset_check_execution_record import (
    COMPLETED_ASSET_CHECK_EXECUTION_RECORD_STATUSES,
)

from wrapped_assets.assets.common import text_span
from wrapped_assets.periods import EVERYTHING, Span
from wrapped_assets.resources.checks import Check

# Where an evaluation keeps what is broken, here and elsewhere, and what it says of elsewhere to people.
BREACHES = "broken_spans"
NOT_CHECKED_AGAIN = "broken_before_and_not_checked_again"

# More evaluations of one check than run at the same time.
AT_ONCE = 20


@dataclass(frozen=True)
class Breach:
    """Rows that broke a rule inside a span, and when the look that found them ended; as JSON in an evaluation's metadata."""

    start: str
    end: str
    broken_rows: int
    seen_at: str

    @classmethod
    def of(cls, span: Span, rows: int, now: datetime) -> "Breach":
        """What was found now."""
        return cls(str(span.start), str(span.end), rows, now.isoformat())

    def outlasts(self, span: Span, began: datetime) -> bool:
        """Whether a look at these days, which began then, says nothing about it: it lies elsewhere, or was seen meanwhile."""
        inside = span.start <= self._span.start and self._span.end <= span.end
        return not inside or self._seen >= began

    def __str__(self) -> str:
        seen = self._seen.isoformat(timespec="seconds")
        return f"{text_span(self._span)} ({self.broken_rows} rows, seen {seen})"

    @property
    def _span(self) -> Span:
        return Span(date.fromisoformat(self.start), date.fromisoformat(self.end))

    @property
    def _seen(self) -> datetime:
        return datetime.fromisoformat(self.seen_at)


def standing(instance: dg.DagsterInstance, check: Check, span: Span, began: datetime) -> list[Breach]:
    """The breaches that earlier evaluations found and that a look at the span, which began then, says nothing about."""
    evaluation = _newest(instance, check)
    known = evaluation.metadata.get(BREACHES) if evaluation else None
    if known is None or not isinstance(known.value, list):
        return []
    checked = _looked_at(check, span, began)
    return [breach for each in known.value if (breach := Breach(**each)).outlasts(checked, began)]


def _newest(instance: dg.DagsterInstance, check: Check) -> dg.AssetCheckEvaluation | None:
    """The evaluation that ended last: Dagster orders them by when their runs began."""
    records = instance.event_log_storage.get_asset_check_execution_history(
        dg.AssetCheckKey(dg.AssetKey(check.asset), check.name),
        limit=AT_ONCE,
        status=COMPLETED_ASSET_CHECK_EXECUTION_RECORD_STATUSES,
    )
    ended = max(records, key=lambda record: record.event.timestamp if record.event else 0, default=None)
    return ended.evaluation if ended else None


def _looked_at(check: Check, span: Span, now: datetime) -> Span:
    """The days about which a look at the span says everything."""
    says_all = check.looks_at == "everything" or (check.looks_at == "now" and now.date() in span)
    return EVERYTHING if says_all else span
