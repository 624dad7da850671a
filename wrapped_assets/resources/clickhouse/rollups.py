"""Hourly, daily, weekly and monthly in ClickHouse: states, merged upwards, a partition a period of many rows.

What to recompute is known by the marks: a period is stale when something below it changed after it was built. It is built
anew from the level below, in staging; what comes out as it was is not swapped and goes no further.
"""

from collections.abc import Mapping, Sequence
from datetime import date

from wrapped_assets import queries
from wrapped_assets.families import Family, Rollup
from wrapped_assets.periods import LEVELS, MONTHLY, Level, Span
from wrapped_assets.products import DEFAULT
from wrapped_assets.progress import Progress
from wrapped_assets.resources.chunks import bounded
from wrapped_assets.resources.clickhouse import marks, raw, sql
from wrapped_assets.resources.clickhouse.partitions import MANY, alone, prepare, put_in_place, stage, staged
from wrapped_assets.resources.clickhouse.session import Session
from wrapped_assets.resources.warehouse import RefreshReport

# Raw rows aggregated at once.
CHUNK_ROWS = 2_000_000


def refresh(
    session: Session, level: Level, family: Family, span: Span, full: bool, progress: Progress
) -> RefreshReport:
    """Bring one level of a family up to date for the periods of the span; with `full` recompute all of them."""
    found = marks.partitions(session, level.name, family.name, span, everything=full)
    below = {each.period: each for each in found}
    rows = raw_rows(session, level, family, span)
    pieces = list(bounded(sorted(below), rows, CHUNK_ROWS))
    for done, piece in enumerate(pieces):
        progress(f"{level.name}/{family.name}", done, len(pieces))
        _replace(session, level, family, [below[period] for period in piece], rows)
    progress(f"{level.name}/{family.name}", len(pieces), len(pieces))
    counts = row_counts(session, level, family, span)
    rebuilt = len({level.start(day) for day in span}) if full else 0
    return RefreshReport(counts, rebuilt, 0 if full else len(below))


def shown(level: Level, family: Family) -> str:
    """The statements that compute the level, to read."""
    return "\n\n".join(select(level, family, rollup) for rollup in family.at(level))


def table(level: Level, family: Family, rollup: Rollup) -> str:
    """The table of a rollup at a level."""
    return f"{level.name}_{family.table(rollup)}"


def row_counts(session: Session, level: Level, family: Family, span: Span) -> dict[date, int]:
    """Rows of each period that has any, over all rollups of the family."""
    counts: dict[date, int] = {}
    for rollup in family.at(level):
        statement = sql.render(
            "rollups/row_counts",
            level=level.name,
            table=family.table(rollup),
            period=level.period,
        )
        for period, rows in session.rows(statement, {"since": span.start, "until": span.end}):
            counts[period] = counts.get(period, 0) + rows
    return counts


def select(level: Level, family: Family, rollup: Rollup) -> str:
    """The query that computes one rollup of one level; binds `partitions`, those of the level below."""
    below = family.source(level)
    if below == "raw":
        own = family.sql("clickhouse", rollup)
        return queries.text(own) if queries.exists(own) else sql.first_states(level, family, rollup)
    source = LEVELS[below]
    return sql.render(
        "rollups/merge",
        level=level.name,
        source=source.name,
        table=family.table(rollup),
        period=level.period,
        source_period=source.period,
        start_of_period=sql.start_of(level, f"state.{source.period}"),
        dimensions=sql.names(sql.stored_dimensions(rollup)),
        merges=sql.merged_states(rollup),
    )


def raw_rows(session: Session, level: Level, family: Family, span: Span) -> dict[date, int]:
    """Raw rows below each period that has any: no table of the level has more rows or buckets to aggregate."""
    rows: dict[date, int] = {}
    for day, count in raw.row_counts(session, family, level.covering(span)).items():
        rows[level.start(day)] = rows.get(level.start(day), 0) + count
    return rows


def chunks(
    session: Session, level: Level, family: Family, periods: Sequence[date], span: Span
) -> list[list[date]]:
    """The periods in pieces that hold a bounded number of raw rows."""
    return list(bounded(periods, raw_rows(session, level, family, span), CHUNK_ROWS))


def source_partitions(level: Level, periods: Sequence[date]) -> list[int]:
    """The partitions of the level below that these periods are built from: days."""
    return [sql.partition(day) for period in periods for day in level.span(period)]


def _replace(
    session: Session,
    level: Level,
    family: Family,
    periods: Sequence[marks.Partition],
    rows: Mapping[date, int],
) -> None:
    """Build these periods in staging, from the level below, and swap what differs."""
    starts = [each.period for each in periods]
    tables = {rollup: table(level, family, rollup) for rollup in family.at(level)}
    sources = {"partitions": source_partitions(level, starts), "alone": alone(starts, rows)}
    in_order = f"\norder by {level.period}" if len(starts) > MANY else ""
    with staged(session, *tables.values()):
        for rollup, name in tables.items():
            statement = stage(name, _columns(level, rollup), level.period, select(level, family, rollup))
            session.run(statement + in_order, sources)
        numbers = _changed(session, level, family, starts)
        changed = [period for period in starts if sql.partition(period) in numbers]
        swaps = [
            prepare(session, name, _columns(level, rollup), level.period, starts, changed)
            for rollup, name in tables.items()
        ]
        sequence = _make_stale(session, level, family, changed)
        put_in_place(session, level.name, family.name, periods, swaps, sequence)
    marks.holds(session, level.name, family.name, [(each.period, each.newest) for each in periods])


def _documents_follow(level: Level, family: Family) -> bool:
    """Whether documents and identities follow the level by subject, beside the levels that follow its marks."""
    return level is MONTHLY and family.name in DEFAULT.families


def _columns(level: Level, rollup: Rollup) -> list[str]:
    return [level.period, *sql.stored_dimensions(rollup), *sql.states(rollup)]


def _changed(session: Session, level: Level, family: Family, periods: Sequence[date]) -> set[int]:
    """The partitions that differ in some rollup; which organizations differ is kept in staging_changed where that matters."""
    documents_follow = _documents_follow(level, family)
    grain = f"partition, {family.subject}" if documents_follow else "partition"
    statement = "\nunion all\n".join(
        sql.render(
            "partitions/changed",
            table=table(level, family, rollup),
            staging=sql.staging(table(level, family, rollup)),
            grain=grain,
            period=level.period,
            hash=sql.rollup_hash(rollup, level),
            subject=family.subject,
        )
        for rollup in family.at(level)
    )
    values = {"partitions": [sql.partition(period) for period in periods]}
    if documents_follow:
        session.run(sql.render("rollups/keep_changed", changed=statement), values)
        statement, values = "select partition from staging_changed", {}
    return {partition for (partition,) in session.rows(statement, values)}


def _make_stale(session: Session, level: Level, family: Family, changed: Sequence[date]) -> int:
    """Before anything changes: whatever the level feeds must follow. The change's number."""
    sequence = marks.next_sequence(session)
    if _documents_follow(level, family):
        for name in ("make_summaries_stale", "make_new_identities_stale"):
            session.run(queries.text(f"clickhouse/rollups/{name}"), {"sequence": sequence})
        session.run("drop table staging_changed sync")
    marks.will_change(session, level.name, family.name, changed, sequence)
    return sequence
