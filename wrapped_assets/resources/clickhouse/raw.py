"""Raw in ClickHouse: one row per key, the highest version wins, a partition a day of many rows.

A day is rebuilt from its landing rows, or what landed since is merged with what the day holds. Both end in the same rows.
Days are taken in chunks of a bounded number of landing rows, so memory does not grow with the range.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from wrapped_assets import queries
from wrapped_assets.families import Family
from wrapped_assets.periods import Span
from wrapped_assets.progress import Progress
from wrapped_assets.resources.chunks import bounded
from wrapped_assets.resources.clickhouse import marks, sql
from wrapped_assets.resources.clickhouse.partitions import alone, prepare, put_in_place, stage, staged
from wrapped_assets.resources.clickhouse.session import Session
from wrapped_assets.resources.errors import DuplicateKeys
from wrapped_assets.resources.warehouse import Broken, RefreshReport

# A day without rows is built whole when it and its like bring more than this; fewer count as merged.
BULK_ROWS = 100_000

# Landing rows taken at once.
CHUNK_ROWS = 4_000_000


def refresh(session: Session, family: Family, span: Span, full: bool, progress: Progress) -> RefreshReport:
    """Bring `raw_<family>` up to date for these days; with `full` rebuild every one of them."""
    rebuild, merge, newest = _plan(session, family, span, full)
    landed = landed_counts(session, family, span)
    work = [(True, days) for days in bounded(sorted(rebuild), landed, CHUNK_ROWS)]
    work += [(False, days) for days in bounded(sorted(merge), landed, CHUNK_ROWS)]
    for done, (whole, days) in enumerate(work):
        progress(f"raw/{family.name}", done, len(work))
        _replace(session, family, [newest[day] for day in days], whole, landed)
    progress(f"raw/{family.name}", len(work), len(work))
    return RefreshReport(row_counts(session, family, span), len(rebuild), len(merge))


def shown(family: Family) -> str:
    """The query for the winners among the landing rows, which raw must be: for Dagster's metadata and for checks."""
    return _newest(family, from_scratch=True)


def row_counts(session: Session, family: Family, span: Span) -> dict[date, int]:
    """Rows of each day that has any."""
    return dict(session.rows(_statement("raw/row_counts", family), {"since": span.start, "until": span.end}))


def landed_counts(session: Session, family: Family, span: Span) -> dict[date, int]:
    """Valid landing rows of each day that has any, duplicates included."""
    values = {"family": family.name, "since": span.start, "until": span.end}
    return dict(session.rows(queries.text("clickhouse/landing/landed_days"), values))


def _plan(
    session: Session, family: Family, span: Span, full: bool
) -> tuple[set[date], set[date], dict[date, marks.Partition]]:
    """The days to rebuild, those to merge what landed into, and what is below each."""
    found = {
        each.period: each for each in marks.partitions(session, "raw", family.name, span, everything=full)
    }
    if full:
        return set(found), set(), found
    changed = {day for day, each in found.items() if each.must_rebuild}
    empty = found.keys() - changed - row_counts(session, family, span).keys()
    landed = landed_counts(session, family, span) if empty else {}
    if sum(landed.get(day, 0) for day in empty) <= BULK_ROWS:
        empty = set()
    return changed | empty, found.keys() - changed - empty, found


def _replace(
    session: Session,
    family: Family,
    days: Sequence[marks.Partition],
    whole: bool,
    landed: Mapping[date, int],
) -> None:
    """Build these days in staging, from all landing rows or from what is held and what landed since; swap what differs."""
    table, columns = f"raw_{family.name}", family.raw_columns
    periods = [day.period for day in days]
    values = {
        "partitions": [sql.partition(day) for day in periods],
        "after": 0 if whole else min(day.held for day in days),
        "alone": alone(periods, landed),
    }
    with staged(session, table):
        session.run(stage(table, columns, family.event_time, _newest(family, whole)), values)
        _refuse_duplicates(session, family, days)
        numbers = _changed(session, family, values)
        changed = [day for day in periods if sql.partition(day) in numbers]
        swap = prepare(session, table, columns, family.event_time, periods, changed)
        sequence = _make_stale(session, family, days, changed)
        put_in_place(session, "raw", family.name, days, [swap], sequence)
    marks.holds(session, "raw", family.name, [(day.period, day.newest) for day in days])


def _newest(family: Family, from_scratch: bool) -> str:
    landed = landed_rows(family)
    return _statement(
        "raw/newest",
        family,
        greatest_first=sql.greatest_first(family),
        landed=landed if from_scratch else f"{landed}\nunion all\n{held_rows(family)}",
    )


def landed_rows(family: Family) -> str:
    """The query for the landing rows that count; binds `partitions` and `after`."""
    files = sql.render("landing/files_of_days", family=family.name)
    return _statement("raw/landed", family, files=files)


def held_rows(family: Family) -> str:
    """The query for what raw holds; binds `partitions`."""
    return _statement("raw/held", family)


def _changed(session: Session, family: Family, values: dict[str, Any]) -> set[int]:
    table = f"raw_{family.name}"
    statement = sql.render(
        "partitions/changed",
        table=table,
        staging=sql.staging(table),
        grain="partition",
        period=family.event_time,
        hash=sql.row_hash(family),
        subject=family.subject,
    )
    return {partition for (partition,) in session.rows(statement, {"partitions": values["partitions"]})}


def _make_stale(
    session: Session, family: Family, days: Sequence[marks.Partition], changed: Sequence[date]
) -> int:
    """Before anything changes: hourly must follow, and editions say anew how far they reach. The change's number."""
    sequence = marks.next_sequence(session)
    values = {
        "family": family.name,
        "partitions": [sql.partition(day.period) for day in days if day.newest > day.held],
        "after": min(day.held for day in days),
    }
    years = session.rows(queries.text("clickhouse/raw/years_that_reach_further"), values)
    entries = [
        {"year": year, "kind": "reach", "organization_id": "", "sequence": sequence} for (year,) in years
    ]
    session.insert("stale_summaries", entries)
    marks.will_change(session, "raw", family.name, changed, sequence)
    return sequence


def _refuse_duplicates(session: Session, family: Family, days: Sequence[marks.Partition]) -> None:
    """The check that runs before anyone can see the rows."""
    staging = sql.staging(f"raw_{family.name}")
    span = Span(min(day.period for day in days), Span.day(max(day.period for day in days)).end)
    if (found := duplicates(session, family, staging, span)).count:
        raise DuplicateKeys(f"raw.{family.name}", found.examples)


def duplicates(session: Session, family: Family, table: str, span: Span) -> Broken:
    """The keys that stand more than once."""
    statement = _statement("checks/duplicates", family, table=table)
    return broken(session, statement, {"since": span.start, "until": span.end})


def broken(session: Session, rule: str, values: dict[str, Any]) -> Broken:
    """What a check's query finds."""
    return Broken.of(session.dicts(sql.render("checks/examples", rule=rule), values))


def day_chunks(session: Session, family: Family, span: Span) -> Iterator[dict[str, Any]]:
    """The values that bind the landing rows of the span, chunk by chunk."""
    landed = landed_counts(session, family, span)
    held = row_counts(session, family, span)
    for days in bounded(sorted(landed.keys() | held.keys()), landed, CHUNK_ROWS):
        yield {"partitions": [sql.partition(day) for day in days], "after": 0}


def _statement(name: str, family: Family, **parts: str) -> str:
    return sql.render(
        name,
        family=family.name,
        columns=sql.names(family.raw_columns),
        key=sql.names(sql.key(family)),
        event_time=family.event_time,
        **parts,
    )
