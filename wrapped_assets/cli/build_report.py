"""What `wrapped build` says at its end: what the warehouse holds, what is in quarantine, and what was not imported."""

from datetime import UTC, datetime

from wrapped_assets.command import wrapped
from wrapped_assets.landing.store import LandingStore
from wrapped_assets.periods import Span
from wrapped_assets.products import FAMILIES, SOURCES
from wrapped_assets.resources.errors import WarehouseMissing
from wrapped_assets.resources.open import open_landing, open_warehouse
from wrapped_assets.resources.unrecognized import at_top, folders, in_words, not_imported
from wrapped_assets.resources.warehouse import Reader
from wrapped_assets.sensors.runs import calendar
from wrapped_assets.settings import Settings
from wrapped_assets.text.counts import how_many


def build_report(settings: Settings, span: Span) -> tuple[str, list[str]]:
    """What the warehouse holds of these days of a year (empty when it has no edition of it), and what somebody should know or correct."""
    store, year = open_landing(settings), span.start.year
    try:
        with open_warehouse(settings).reading() as reader:
            warnings = [
                *(f"{each}: until they agree {year} is not published." for each in reader.pending().disputes),
                _in_quarantine(reader, span),
                in_words(unrecognized(store, span, reader)),
            ]
            holdings = _holdings(reader, span)
    except WarehouseMissing:
        holdings, warnings = "", [in_words(unrecognized(store, span, None))]
    if not holdings:
        warnings.insert(
            0,
            f"The warehouse holds no row of {year}, so there is nothing to summarize or to check. Files of {year}"
            f" belong below {settings.landing_url}, as docs/landing-contract.md says.",
        )
    return holdings, [*filter(None, warnings)]


def unrecognized(store: LandingStore, span: Span, reader: Reader | None) -> dict[str, str]:
    """What lies in landing and is not imported, each place with the reason. Of the families' files: those of these days."""
    places = at_top(store)
    seen = {family: folders(store, family, calendar(datetime.now(UTC))) for family in FAMILIES}
    for found in seen.values():
        places |= found.skipped
    if reader is None:
        return places
    for source in SOURCES:
        days = [day for day in seen[source].days if day in span] if source in seen else None
        places |= not_imported(store, source, days, reader.known(source, days))
    return places


def _holdings(reader: Reader, span: Span) -> str:
    year = span.start.year
    if reader.edition(year) is None:
        return ""
    totals = {family: reader.landing_totals(family, span) for family in FAMILIES}
    files = sum(each.files for each in totals.values())
    rows = sum(each.landed_rows for each in totals.values())
    unique = ", ".join(f"{each.unique_rows:,} of {family}" for family, each in totals.items())
    return (
        f"Imported of these days: {files:,} file{'s' * (files != 1)} with {rows:,} row{'s' * (rows != 1)}. Unique rows: {unique}."
        f" Customers of {year}: {len(reader.recipients(year)):,}."
    )


def _in_quarantine(reader: Reader, span: Span) -> str:
    entries = reader.quarantine(span)
    if not entries:
        return ""
    files, rows = sum(each.rows is None for each in entries), sum(each.rows or 0 for each in entries)
    check = wrapped(f"check --year {span.start.year}")
    return f"In quarantine: {how_many(files, 'file')} and {how_many(rows, 'row')}; `{check}` says why."
