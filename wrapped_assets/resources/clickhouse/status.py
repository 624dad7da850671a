"""What the warehouse says about itself: what is stale, what is in quarantine, what landed; `warehouse.Reader` has each question in words."""

from collections.abc import Sequence
from dataclasses import replace

from wrapped_assets import queries
from wrapped_assets.periods import Span
from wrapped_assets.products import DIMENSIONS, FAMILIES
from wrapped_assets.resources.clickhouse import in_duckdb, marks, sql
from wrapped_assets.resources.clickhouse.dimensions import OWNERS
from wrapped_assets.resources.clickhouse.session import Session
from wrapped_assets.resources.warehouse import LandingTotals, Pending, QuarantineEntry


def pending(session: Session) -> Pending:
    found = Pending()
    for each in marks.partitions(session):
        if each.family in FAMILIES:
            found.partitions.setdefault((each.layer, each.family), set()).add(each.period)
    asked = {"names": list(DIMENSIONS), "everything": False}
    dimensions = session.rows(queries.text("clickhouse/status/stale_dimensions"), asked)
    found.dimensions.update(name for name, *_ in dimensions)
    for year, has_documents in session.rows(queries.text("clickhouse/status/stale_years")):
        found.years.add(year)
        if has_documents:
            found.documents.add(year)
    found.torn.update(day for (day,) in session.rows("select period from broken_swaps where layer = 'raw'"))
    stale = session.rows(queries.text("clickhouse/status/stale_identities"))
    disputes = in_duckdb.violations(session, "disputed_owners").examples
    found.disputes.extend(each["dispute"] for each in disputes)
    return replace(found, identities=bool(stale) or marks.is_broken(session, OWNERS))


def quarantine(session: Session, span: Span, family: str = "") -> list[QuarantineEntry]:
    values = {"since": span.start, "until": span.end, "family": family}
    rows = session.rows(queries.text("clickhouse/status/quarantine"), values)
    return [QuarantineEntry(*row) for row in rows]


def landing_totals(session: Session, family: str, span: Span) -> LandingTotals:
    """Files and valid landing rows of these days, and the rows raw holds of them."""
    statement = sql.render("status/landing_totals", family=family, event_time=FAMILIES[family].event_time)
    ((files, landed, unique),) = session.rows(statement, {"since": span.start, "until": span.end})
    return LandingTotals(files, landed, unique)


def identities(session: Session) -> int:
    return int(session.value("select count() from wrapped_organizations"))


def owner(session: Session, organization_id: str) -> str | None:
    statement = (
        "select wrapped_id from wrapped_organizations where organization_id = {organization_id:String}"
    )
    rows = session.rows(statement, {"organization_id": organization_id})
    return str(rows[0][0]) if rows else None


def customers(session: Session, wrapped_ids: Sequence[str]) -> dict[str, str | None]:
    values = {"wrapped_ids": list(wrapped_ids)}
    return dict(session.rows(queries.text("clickhouse/status/customers"), values))
