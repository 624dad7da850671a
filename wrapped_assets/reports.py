"""What the command line shows: a customer's year, the checks, the quarantine, the books."""

from collections.abc import Sequence
from typing import Any

import dagster as dg
from rich.console import Console
from rich.table import Table

from wrapped_assets.families import FAMILIES
from wrapped_assets.importing import fetching
from wrapped_assets.periods import LEVELS, Span
from wrapped_assets.progress import report
from wrapped_assets.resources.errors import Refused
from wrapped_assets.resources.open import open_landing, open_warehouse
from wrapped_assets.resources.warehouse import Reader
from wrapped_assets.settings import Settings
from wrapped_assets.summaries import Summary, document


class NoSummary(Refused):
    """There is no summary for what was asked."""

    def __init__(self, year: int, subject: str, seen: str) -> None:
        super().__init__(
            f"There is no {year} summary of {subject}.\n  {seen}\n  Next: check the id and the year."
        )


def find(reader: Reader, year: int, wrapped_id: str | None, organization_id: str | None) -> Summary:
    """The document of one customer; NoSummary says what is known instead."""
    edition = reader.edition(year)
    if edition is None:
        known = ", ".join(map(str, reader.editions())) or "none"
        raise NoSummary(year, "anybody", f"Editions built so far: {known}.")
    subject = f"customer {wrapped_id}" if wrapped_id else f"organization {organization_id}"
    if organization_id is not None:
        wrapped_id = reader.owner(organization_id)
        if wrapped_id is None:
            raise NoSummary(year, subject, "No row and no snapshot names this organization.")
    found = reader.facts(year, wrapped_id)
    if not found:
        raise NoSummary(year, subject, "The customer is unknown, or had no activity in that year.")
    return document(found[0], edition)


def print_summary(console: Console, summary: Summary) -> None:
    """A document as a table of its main numbers."""
    table = Table(title=f"{summary.year} of {summary.wrapped_id}", show_header=False)
    for name, value in _lines(summary):
        table.add_row(name, value)
    console.print(table)


def _lines(summary: Summary) -> list[tuple[str, str]]:
    requests, peak = summary.requests, summary.peak_day
    lines = [
        ("through", f"{summary.through:%Y-%m-%d %H:%M:%S} UTC"),
        ("requests", f"{requests.total:,} ({requests.errors:,} errors)"),
        ("bytes read", f"{requests.bytes_read:,}"),
        ("p50 / p95 / p99", f"{requests.p50_ms} / {requests.p95_ms} / {requests.p99_ms} ms"),
        ("peak day", f"{peak.date} ({peak.requests:,})" if peak else "none"),
        ("active days", f"{summary.active_days}, longest streak {summary.longest_streak_days}"),
    ]
    if summary.ingestion:
        lines.append(
            ("ingested", f"{summary.ingestion.bytes:,} bytes in {summary.ingestion.operations:,} operations")
        )
    if summary.storage:
        lines.append(("stored", f"{summary.storage.bytes:,} bytes"))
    lines += [
        ("workspace", f"{w.name}: {w.requests:,} requests, {w.read_pct} % read")
        for w in summary.top_workspaces
    ]
    lines += [("pipe", f"{pipe.name}: {pipe.requests:,}") for pipe in summary.top_pipes]
    lines += [("region", f"{region.region}: {region.requests:,}") for region in summary.regions]
    if summary.rank:
        lines.append(
            ("rank", f"ahead of {summary.rank.percentile} % of {summary.rank.cohort_size} customers")
        )
    return lines


def print_top_customers(console: Console, reader: Reader, year: int, most: int = 10) -> None:
    """The customers with most requests."""
    facts = reader.facts(year)[:most]
    names = reader.customers([row["wrapped_id"] for row in facts])
    table = Table(title=f"Top customers of {year}")
    for column in (
        "customer",
        "wrapped_id",
        "requests",
        "errors",
        "bytes read",
        "peak day",
        "stored",
        "ingested",
    ):
        table.add_column(column, justify="left" if column in ("customer", "wrapped_id") else "right")
    edition = reader.edition(year)
    for row in facts:
        assert edition is not None
        made = document(row, edition)
        table.add_row(
            names.get(row["wrapped_id"]) or "(unnamed)",
            row["wrapped_id"][:8],
            f"{row['requests']:,}",
            f"{row['errors']:,}",
            f"{row['bytes_read']:,}",
            f"{made.peak_day.date} ({made.peak_day.requests:,})" if made.peak_day else "",
            f"{row['storage_bytes'] or 0:,}",
            f"{row['ingestion_bytes']:,}",
        )
    console.print(table)


def print_books(console: Console, reader: Reader, span: Span) -> None:
    """What landed, what of it was unique, and how many duplicates were removed."""
    table = Table(title="Duplicates removed")
    for column in ("family", "files", "landed rows", "unique rows", "duplicates"):
        table.add_column(column, justify="left" if column == "family" else "right")
    for family in FAMILIES:
        totals = reader.landing_totals(family, span)
        numbers = (totals.files, totals.landed_rows, totals.unique_rows, totals.duplicates)
        table.add_row(family, *(f"{number:,}" for number in numbers))
    console.print(table)


def print_quarantine(console: Console, reader: Reader, span: Span, most: int = 30) -> None:
    """What could not be taken, by reason."""
    reasons: dict[tuple[str, str, str], int] = {}
    for entry in reader.quarantine(span):
        what = "file" if entry.rows is None else "rows"
        place = entry.family, what, entry.reason
        reasons[place] = reasons.get(place, 0) + (1 if entry.rows is None else entry.rows)
    if not reasons:
        console.print("Quarantine is empty.")
        return
    table = Table(title="Quarantine")
    for column in ("family", "what", "reason", "count"):
        table.add_column(column, justify="right" if column == "count" else "left")
    for (family, what, reason), number in sorted(reasons.items())[:most]:
        table.add_row(family, what, reason, f"{number:,}")
    console.print(table)


def print_checks(console: Console, evaluations: Sequence[dg.AssetCheckEvaluation]) -> bool:
    """Every check with its result; returns whether one failed (a warning does not)."""
    table = Table(title="Checks")
    for column in ("asset", "check", "result", "first broken row"):
        table.add_column(column)
    failed = False
    for evaluation in sorted(evaluations, key=lambda e: (e.asset_key.path, e.check_name)):
        is_warning = evaluation.severity is dg.AssetCheckSeverity.WARN
        failed |= not evaluation.passed and not is_warning
        result = "[green]passed" if evaluation.passed else "[yellow]warning" if is_warning else "[red]FAILED"
        table.add_row(
            "/".join(evaluation.asset_key.path), evaluation.check_name, result, _first_broken(evaluation)
        )
    console.print(table)
    return failed


def _first_broken(evaluation: dg.AssetCheckEvaluation) -> str:
    rows: Any = evaluation.metadata["first_broken_rows"].value
    return (
        ", ".join(f"{name} {value}" for name, value in rows[0].items() if value is not None) if rows else ""
    )


def print_differences(console: Console, settings: Settings, year: int) -> bool:
    """Compare every table with its full rebuild; returns whether one differs."""
    table = Table(title="Every table against its full rebuild")
    for column in ("table", "result", "first difference"):
        table.add_column(column)
    tables = [(layer, family) for layer in ("raw", *LEVELS) for family in FAMILIES] + [
        ("wrapped_summaries", "")
    ]
    fetch = fetching(open_landing(settings))
    differs = False
    with open_warehouse(settings).reading() as reader:
        for number, (layer, family) in enumerate(tables):
            report("comparing", number, len(tables))
            span = LEVELS[layer].covering(Span.year(year)) if layer in LEVELS else Span.year(year)
            found = reader.differences(layer, family, span, fetch)
            differs |= bool(found)
            first = f"{found[0]['side']}: {found[0]['content']}" if found else ""
            table.add_row(
                "/".join(filter(None, (layer, family))),
                "[red]DIFFERS" if found else "[green]identical",
                first,
            )
        report("comparing", len(tables), len(tables))
    console.print(table)
    return differs
