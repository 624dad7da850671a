"""A document's main numbers for a terminal."""

from wrapped_assets.products.usage.document import Summary
from wrapped_assets.products.usage.stories.growth import PreviousYear


def main_numbers(summary: Summary) -> list[tuple[str, str]]:
    """Labels and values, in the order of the document; a label is empty where a list goes on."""
    requests, peak = summary.requests, summary.peak_day
    lines = [("through", f"{summary.through:%Y-%m-%d %H:%M:%S} UTC")]
    if requests.total:
        errors = "" if requests.errors is None else f" ({requests.errors:,} errors)"
        lines.append(("requests", f"{requests.total:,}{errors}"))
        lines.append(("bytes read", f"{requests.bytes_read:,}"))
    if requests.p50_ms is not None:
        percentiles = (requests.p50_ms, requests.p95_ms, requests.p99_ms)
        shown_ms = " / ".join(three_digits(ms) for ms in percentiles if ms is not None)
        lines.append(("p50 / p95 / p99", f"{shown_ms} ms"))
    if peak and summary.peak_hour:
        hour = summary.peak_hour
        lines.append(("busiest day", f"{peak.date} ({peak.requests:,})"))
        lines.append(
            (
                "busiest hour",
                f"{hour.hour_of_day:02}:00 UTC ({hour.requests:,}), on {summary.busiest_weekday}s most",
            )
        )
        lines.append(("active days", f"{summary.active_days}, longest streak {summary.longest_streak_days}"))
    if summary.ingestion:
        wrote = summary.ingestion
        lines.append(
            ("ingested", f"{wrote.bytes:,} bytes in {wrote.rows:,} rows, {wrote.operations:,} operations")
        )
    if summary.storage:
        lines.append(("stored", f"{summary.storage.bytes:,} bytes in {summary.storage.rows:,} rows"))
    lines += _ranked(
        "workspaces",
        [
            f"{w.name}: {w.requests:,}, {w.read_pct} % of bytes read"
            if requests.total
            else f"{w.name}: {w.write_pct} % of bytes written"
            for w in summary.top_workspaces
        ],
    )
    lines += _ranked("pipes", [f"{pipe.name}: {pipe.requests:,}" for pipe in summary.top_pipes])
    lines += _ranked("regions", [f"{region.region}: {region.requests:,}" for region in summary.regions])
    if summary.previous_year:
        before = summary.previous_year
        lines.append(("year before", f"{before.requests:,} requests{_change(before)}"))
    if summary.rank:
        rank = summary.rank
        lines.append(("rank", f"ahead of at least {rank.percentile} % of {rank.cohort_size:,} customers"))
    return lines


def _change(before: PreviousYear) -> str:
    """By how much requests changed, and in which months when not in all."""
    months = before.compared
    if months is None:
        return ""
    is_whole = (months.first_month, months.last_month) == (1, 12)
    return f" ({before.change_pct:+} %{'' if is_whole else f' in months {months.first_month} to {months.last_month}'})"


def _ranked(label: str, entries: list[str]) -> list[tuple[str, str]]:
    """The entries below each other, the first one labelled."""
    return [(label if number == 0 else "", entry) for number, entry in enumerate(entries)]


def three_digits(number: float) -> str:
    """A number that is known to a percent or so, without the digits that say nothing: 1,234.5 is 1,230."""
    return f"{float(f'{number:.3g}'):,.15g}"
