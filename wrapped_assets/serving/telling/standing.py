"""The moments of how it went and how it compares: speed, storage, ingestion, workspaces, pipes, rank, growth."""

from wrapped_assets.products.usage.document import WorkspaceShare
from wrapped_assets.serving.telling.moments import Moment, Row, span
from wrapped_assets.serving.telling.numbers import milliseconds, scaled, share, size
from wrapped_assets.serving.telling.teller import Teller
from wrapped_assets.serving.telling.wording import against, counted, percent, roughly

ALL_OTHERS = "all others"
"""What the rest beside the top workspaces is called: a workspace may well be named "other"."""

FLATTERING = 50
"""Percent of the customers from which on a rank is told."""


def service(teller: Teller) -> Moment | None:
    """Whether requests failed and how fast they were; what is unknown of the two is not told."""
    told, rows = teller.document.requests, _speeds(teller)
    if told.errors is None or not told.total:
        if not rows:
            return None
        return Moment("service", "Speed", rows[0].told, "or less for half of the requests", rows=rows)
    figure = share(told.total - told.errors, told.total, teller.locale, 2)
    errors = f"{teller.locale.integer(told.errors)} of {teller.locale.integer(told.total)} failed."
    return Moment(
        "service", "Reliability and speed" if rows else "Reliability", figure, "answered without error",
        (errors if told.errors else "Not one request failed.",), rows,
    )  # fmt: skip


def _speeds(teller: Teller) -> tuple[Row, ...]:
    told = teller.document.requests
    percentiles = {"Half": told.p50_ms, "95 %": told.p95_ms, "99 %": told.p99_ms}
    longest = told.p99_ms or 1.0
    return tuple(
        Row(f"{part} within", "\u00a0".join(milliseconds(value, teller.locale)), (value / longest,))
        for part, value in percentiles.items()
        if value is not None
    )


def storage(teller: Teller) -> Moment | None:
    kept = teller.document.storage
    if kept is None or not kept.bytes:
        return None
    figure, unit = scaled(kept.bytes, teller.locale)
    rows: tuple[Row, ...] = ()
    if kept.largest_datasource is not None:
        largest = kept.largest_datasource
        told = f"{size(largest.bytes, teller.locale)}, {share(largest.bytes, kept.bytes, teller.locale)} of it all"
        rows = (Row(largest.name, told, (largest.bytes / kept.bytes,)),)
    return Moment(
        "storage", "Storage", figure, f"{unit} kept",
        (f"{roughly(kept.rows, 'row', teller.locale)} at the last reading.",), rows,
        teller.compared(kept.bytes, "bytes"),
    )  # fmt: skip


def ingestion(teller: Teller) -> Moment | None:
    written = teller.document.ingestion
    if written is None:
        return None
    most = max((kind.bytes for kind in written.top_event_types), default=0) or 1
    rows = tuple(
        Row(
            kind.event_type,
            f"{size(kind.bytes, teller.locale)} in {roughly(kind.operations, 'operation', teller.locale)}",
            (kind.bytes / most,),
        )
        for kind in written.top_event_types
    )
    figure, unit = scaled(written.bytes, teller.locale)
    operations = roughly(written.operations, "operation", teller.locale)
    return Moment(
        "ingestion", "Ingestion", figure, f"{unit} written",
        (f"{roughly(written.rows, 'row', teller.locale)} in {operations}.",), rows,
        teller.compared(written.rows, "rows"),
    )  # fmt: skip


def workspaces(teller: Teller) -> Moment | None:
    named, rest = teller.document.named_workspaces, teller.document.other_workspaces
    if not named:
        return None
    listed = [(one, ALL_OTHERS if one is rest else one.name) for one in teller.document.top_workspaces]
    if len(listed) == 1:
        # A row would say the same again, and that all of it is 100 % of it.
        return Moment(
            "workspaces",
            "Top workspaces",
            named[0].name,
            _leads(teller, named),
            ("The only active workspace.",),
        )
    has_shares = any(one.read_pct or one.write_pct for one, _ in listed)
    most = max(one.requests for one, _ in listed) or 1
    rows = tuple(_shares(teller, *one) if has_shares else _asked(teller, *one, most) for one in listed)
    return Moment(
        "workspaces", "Top workspaces", named[0].name, _leads(teller, named),
        ("Shares of all bytes read and written.",) if has_shares else (), rows,
    )  # fmt: skip


def _leads(teller: Teller, named: tuple[WorkspaceShare, ...]) -> str:
    """Nobody leads alone, nor beside an equal, nor with nothing."""
    requests = named[0].requests
    if not requests:
        return ""
    leads = len(named) > 1 and requests > named[1].requests
    return f"{'leads ' if leads else ''}with {counted(requests, 'request', teller.locale)}"


def _asked(teller: Teller, workspace: WorkspaceShare, name: str, most: int) -> Row:
    return Row(name, counted(workspace.requests, "request", teller.locale), (workspace.requests / most,))


def _shares(teller: Teller, workspace: WorkspaceShare, name: str) -> Row:
    read, written = (percent(part, teller.locale) for part in (workspace.read_pct, workspace.write_pct))
    parts = (workspace.read_pct / 100, workspace.write_pct / 100)
    return Row(name, f"{read} read, {written} written", parts, (read, written))


def pipes(teller: Teller) -> Moment | None:
    pipes = teller.document.top_pipes
    if not pipes:
        return None
    most = pipes[0].requests or 1
    rows = tuple(
        Row(pipe.name, counted(pipe.requests, "request", teller.locale), (pipe.requests / most,))
        for pipe in pipes
    )  # fmt: skip
    return Moment("pipes", "Top pipes", pipes[0].name, "was asked most", rows=rows)


def rank(teller: Teller) -> Moment | None:
    rank = teller.document.rank
    if rank is None or rank.percentile < FLATTERING:
        return None
    return Moment(
        "rank", "Rank", f"{rank.percentile}\u00a0%", "of customers sent fewer requests",
        (f"Among {teller.locale.integer(rank.cohort_size)} customers with a request in {teller.document.year}.",),
    )  # fmt: skip


def growth(teller: Teller) -> Moment | None:
    year, previous = teller.document.year, teller.document.previous_year
    if previous is None or previous.compared is None:
        return None
    months, before, now = previous.compared, previous.compared.previous_requests, previous.compared.requests
    figure, unit = against(span(year - 1, months), before, now, teller.locale)
    return Moment(
        "growth", "Against last year", figure, unit,
        rows=tuple(
            Row(span(which, months, briefly=True), teller.locale.integer(requests), (requests / max(before, now),))
            for which, requests in ((year - 1, before), (year, now))
        ),
    )  # fmt: skip
