"""Hourly, daily, weekly and monthly in DuckDB: whole periods after a rebuild, touched organizations after a merge.

What to recompute stands in the level's stale table. Whole periods are replaced in chunks of bounded
size; otherwise only the organizations (and for hourly the hours) that new rows touched are deleted
and inserted again, from one level below. Both give the rows a full rebuild would give.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import duckdb

from wrapped_assets import queries
from wrapped_assets.families import Family, Rollup
from wrapped_assets.periods import HOURLY, LEVELS, Level, Span
from wrapped_assets.resources.duckdb import sql
from wrapped_assets.resources.duckdb.transaction import transaction
from wrapped_assets.resources.warehouse import Progress, RefreshReport

# Rows of the level below aggregated at once; more would only need more memory.
CHUNK_ROWS = 2_000_000


def refresh(
    con: duckdb.DuckDBPyConnection, level: Level, family: Family, span: Span, full: bool, progress: Progress
) -> RefreshReport:
    """Bring one level of a family up to date for the periods of the span; with `full` recompute all of them."""
    whole, touched = _plan(con, level, family, span, full)
    pieces = list(chunks(con, level, family, whole))
    groups = _runs(level, touched)
    steps = len(pieces) + len(groups)
    for done, piece in enumerate(pieces):
        progress(f"{level.name}/{family.name}", done, steps)
        _replace_whole(con, level, family, piece)
    for done, run in enumerate(groups, start=len(pieces)):
        progress(f"{level.name}/{family.name}", done, steps)
        _replace_touched(con, level, family, run)
    progress(f"{level.name}/{family.name}", steps, steps)
    return RefreshReport(row_counts(con, level, family, span), rebuilt=len(whole), merged=len(touched))


def row_counts(con: duckdb.DuckDBPyConnection, level: Level, family: Family, span: Span) -> dict[date, int]:
    """Rows of each period that has any, over all rollups of the family."""
    counts: dict[date, int] = {}
    for rollup in family.rollups:
        statement = sql.render(
            "rollups/row_counts", level=level.name, table=family.table(rollup), period=level.period
        )
        for period, rows in con.execute(statement, {"from": span.start, "to": span.end}).fetchall():
            counts[period] = counts.get(period, 0) + rows
    return counts


def select(level: Level, family: Family, rollup: Rollup) -> str:
    """The statement that computes one rollup of one level; binds `$from` and `$to`."""
    if level is HOURLY:
        return queries.text(f"duckdb/hourly/{family.table(rollup)}")
    return sql.render(
        "rollups/merge",
        level=level.name,
        source=level.source,
        table=family.table(rollup),
        period=level.period,
        source_period=LEVELS[level.source].period,
        dimensions=sql.names(rollup.dimensions),
        merges=",\n    ".join(sql.merged(measure) for measure in rollup.measures),
    )


def _plan(
    con: duckdb.DuckDBPyConnection, level: Level, family: Family, span: Span, full: bool
) -> tuple[list[date], list[date]]:
    """Which periods to recompute whole and which only where touched."""
    if full:
        return sorted({level.start(day) for day in span}), []
    statement = sql.render("rollups/pending_periods", level=level.name)
    bounds = {"family": family.name, "from": span.start, "to": span.end}
    pending = con.execute(statement, bounds).fetchall()
    return [day for day, whole in pending if whole], [day for day, whole in pending if not whole]


def _runs(level: Level, periods: Sequence[date]) -> list[Span]:
    """Spans of adjoining periods."""
    runs: list[Span] = []
    for start in periods:
        span = level.span(start)
        if runs and runs[-1].end == span.start:
            runs[-1] = Span(runs[-1].start, span.end)
        else:
            runs.append(span)
    return runs


def chunks(
    con: duckdb.DuckDBPyConnection, level: Level, family: Family, periods: Sequence[date]
) -> Iterator[Span]:
    """Runs of whole periods that read at most CHUNK_ROWS rows, or one period if it alone reads more."""
    for run in _runs(level, periods):
        rows = _source_rows(con, level, family, run)
        start, total = run.start, 0
        for period in sorted({level.start(day) for day in run}):
            here = sum(count for day, count in rows.items() if level.start(day) == period)
            if total and total + here > CHUNK_ROWS:
                yield Span(start, period)
                start, total = period, 0
            total += here
        yield Span(start, run.end)


def _source_rows(con: duckdb.DuckDBPyConnection, level: Level, family: Family, span: Span) -> dict[date, int]:
    if level is HOURLY:
        statement = sql.render("raw/row_counts", family=family.name, event_time=family.event_time)
        return dict(con.execute(statement, {"from": span.start, "to": span.end}).fetchall())
    return row_counts(con, LEVELS[level.source], family, span)


def _replace_whole(con: duckdb.DuckDBPyConnection, level: Level, family: Family, span: Span) -> None:
    bounds = {"from": span.start, "to": span.end}
    with transaction(con):
        for rollup in family.rollups:
            table = family.table(rollup)
            con.execute(_clear(level, table, touched=False), bounds)
            con.execute(_insert(level, family, rollup, touched=False), bounds)
        for consumer in level.feeds:
            _make_stale(con, level, consumer, family, span, touched=False)
        _settle(con, level, family, span)


def _replace_touched(con: duckdb.DuckDBPyConnection, level: Level, family: Family, span: Span) -> None:
    bounds: dict[str, Any] = {"from": span.start, "to": span.end}
    with transaction(con):
        statement = sql.render("rollups/touched", level=level.name, period=_touched_period(level))
        con.execute(statement, {"family": family.name, **bounds})
        for rollup in family.rollups:
            table = family.table(rollup)
            con.execute(_clear(level, table, touched=True), bounds)
            con.execute(_insert(level, family, rollup, touched=True), bounds)
        for consumer in level.feeds:
            _make_stale(con, level, consumer, family, span, touched=True)
        _settle(con, level, family, span)
        con.execute("drop table touched")


def _touched_period(level: Level) -> str:
    """The column of the stale table that says which period of this level is touched."""
    return "hour" if level is HOURLY else "period"


def _clear(level: Level, table: str, touched: bool) -> str:
    only = f"\n    and ({level.period}, organization_id) in (select period, organization_id from touched)"
    return sql.render(
        "rollups/clear",
        level=level.name,
        table=table,
        period=level.period,
        only_touched=only if touched else "",
    )


def _insert(level: Level, family: Family, rollup: Rollup, touched: bool) -> str:
    columns = sql.names(sql.rollup_columns(rollup, level))
    statement = select(level, family, rollup)
    if touched:
        alias, time = (
            ("event", family.event_time) if level is HOURLY else ("state", LEVELS[level.source].period)
        )
        semi_join = (
            f"semi join touched on touched.organization_id = {alias}.organization_id"
            f" and touched.period = date_trunc('{level.period}', {alias}.{time})"
        )
        statement = statement.replace("/* touched */", semi_join)
    # Readers look for organizations: inside a period the rows lie in that order.
    return f"insert into {level.name}.{family.table(rollup)} by name\n{statement}\norder by {columns.split(', ')[0]}, organization_id"


def _make_stale(
    con: duckdb.DuckDBPyConnection, level: Level, consumer: str, family: Family, span: Span, touched: bool
) -> None:
    """Tell the next level, or the summaries, what changed."""
    if consumer == "summaries":
        name = "rollups/make_touched_summaries_stale" if touched else "rollups/make_whole_summaries_stale"
        con.execute(queries.text(f"duckdb/{name}"), None if touched else {"from": span.start, "to": span.end})
        con.execute(
            sql.render("rollups/make_new_identities_stale", table=family.table(family.rollups[0])),
            {"from": span.start, "to": span.end},
        )
        return
    period = LEVELS[consumer].period
    name = "rollups/make_touched_stale" if touched else "rollups/make_whole_stale"
    statement = sql.render(name, consumer=consumer, period=period)
    values: dict[str, Any] = {"family": family.name}
    con.execute(statement, values if touched else {**values, "from": span.start, "to": span.end})


def _settle(con: duckdb.DuckDBPyConnection, level: Level, family: Family, span: Span) -> None:
    statement = sql.render("rollups/settle", level=level.name)
    con.execute(statement, {"family": family.name, "from": span.start, "to": span.end})
