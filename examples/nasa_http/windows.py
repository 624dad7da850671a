"""Which windows of time the regions export: overlapping, as those of the schedule do."""

from datetime import UTC, datetime, time, timedelta

from wrapped_assets.periods import Span

Window = tuple[datetime, datetime]

OVERLAP = 3
PARTS = 4
# Not at midnight: the schedule's windows begin and end inside days too.
CUT_AT = time(8, 20, tzinfo=UTC)


def windows(span: Span) -> list[Window]:
    """Windows that follow each other so that every instant of the span lies in exactly OVERLAP of them."""
    start, end = midnights(span)
    step = (span.end - span.start).days // PARTS
    inner = [datetime.combine(span.start + timedelta(days=step * n), CUT_AT) for n in range(1, PARTS)]
    cuts = [start, *inner, end]
    before = OVERLAP - 1
    return [(cuts[max(0, n - before)], cuts[min(PARTS, n + 1)]) for n in range(PARTS + before)]


def midnights(span: Span) -> Window:
    """The span's first instant and the one after its last, UTC."""
    midnight = time(tzinfo=UTC)
    return datetime.combine(span.start, midnight), datetime.combine(span.end, midnight)
