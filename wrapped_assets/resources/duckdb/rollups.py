"""Hourly, daily, weekly, monthly and yearly in DuckDB: whole periods after a rebuild, touched organizations after a merge.

What to recompute stands in the level's stale tables. Whole periods are replaced in chunks of bounded
size; otherwise only the groups that changed one level below (for hourly: the hours of the organizations
that new rows touched) are deleted and inserted again. Both give the rows a full rebuild would give, and
what a refresh leaves as it was goes no further.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import duckdb

from wrapped_assets import queries
from wrapped_assets.families import Family, Rollup
from wrapped_assets.periods import ALL_LEVELS, HOURLY, MONTHLY, YEARLY, Level, Span, consecutive
from wrapped_assets.progress import Progress
from wrapped_assets.resources.chunks import bounded
from wrapped_assets.resources.duckdb import sql
from wrapped_assets.resources.duckdb.connection import release_cache
from wrapped_assets.resources.duckdb.transaction import transaction
from wrapped_assets.resources.warehouse import RefreshReport

# Rows of the level below aggregated at once: more needs more memory, fewer means more commits, each with its price.
CHUNK_ROWS = 4_000_000

# Touched periods taken in one transaction.
TOUCHED_PERIODS = 31


def refresh(
    con: duckdb.DuckDBPyConnection, level: Level, family: Family, span: Span, full: bool, progress: Progress
) -> RefreshReport:
    """Bring one level of a family up to date for the periods of the span; with `full` recompute all of them."""
    whole, touched = _plan(con, level, family, span, full)
    pieces = list(chunks(con, level, family, whole))
    groups = [
        run
        for first in range(0, len(touched), TOUCHED_PERIODS)
        for run in consecutive(touched[first : first + TOUCHED_PERIODS], level)
    ]
    steps = len(pieces) + len(groups)
    for done, piece in enumerate(pieces):
        progress(f"{level.name}/{family.name}", done, steps)
        _replace_whole(con, level, family, piece)
        if len(pieces) > 1:
            release_cache(con)
    for done, run in enumerate(groups, start=len(pieces)):
        progress(f"{level.name}/{family.name}", done, steps)
        _replace_touched(con, level, family, run)
    progress(f"{level.name}/{family.name}", steps, steps)
    return RefreshReport(row_counts(con, level, family, span), len(whole), len(touched))


def shown(level: Level, family: Family) -> str:
    """The statements that compute the level, to read."""
    return "\n\n".join(select(level, family, rollup) for rollup in family.rollups)


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
        source_period=ALL_LEVELS[level.source].period,
        dimensions=sql.names(rollup.dimensions),
        merges=",\n    ".join(sql.merged(measure) for measure in rollup.measures),
    )


def _plan(
    con: duckdb.DuckDBPyConnection, level: Level, family: Family, span: Span, full: bool
) -> tuple[list[date], list[date]]:
    """Which periods to recompute whole and which only where touched."""
    if full:
        return sorted({level.start(day) for day in span}), []
    whole: dict[date, bool] = {}
    for rollup in family.rollups:
        found = con.execute(
            _statement("pending_periods", level, family, rollup), _bounds(level, family, span)
        )
        for period, is_whole in found.fetchall():
            whole[period] = whole.get(period, False) or is_whole
    pending = sorted(whole.items())
    return [day for day, is_whole in pending if is_whole], [day for day, is_whole in pending if not is_whole]


def chunks(
    con: duckdb.DuckDBPyConnection, level: Level, family: Family, periods: Sequence[date]
) -> Iterator[Span]:
    """Runs of whole periods that read at most CHUNK_ROWS rows, or one period if it alone reads more."""
    for run in consecutive(periods, level):
        rows: Counter[date] = Counter()
        for day, count in _source_rows(con, level, family, run).items():
            rows[level.start(day)] += count
        for piece in bounded(sorted({level.start(day) for day in run}), rows, CHUNK_ROWS):
            yield Span(piece[0], level.span(piece[-1]).end)


def _source_rows(con: duckdb.DuckDBPyConnection, level: Level, family: Family, span: Span) -> dict[date, int]:
    if level is HOURLY:
        statement = sql.render("raw/row_counts", family=family.name, event_time=family.event_time)
        return dict(con.execute(statement, {"from": span.start, "to": span.end}).fetchall())
    return row_counts(con, ALL_LEVELS[level.source], family, span)


def _replace_whole(con: duckdb.DuckDBPyConnection, level: Level, family: Family, span: Span) -> None:
    bounds = {"from": span.start, "to": span.end}
    with transaction(con):
        for rollup in family.rollups:
            con.execute(_statement("clear", level, family, rollup), bounds)
            con.execute(_insert(level, family, rollup, touched=False), bounds)
            for consumer in level.feeds:
                if consumer in ALL_LEVELS:
                    statement = _consumer_statement(
                        "make_whole_stale", level, ALL_LEVELS[consumer], family, rollup
                    )
                    con.execute(statement, bounds)
        if "summaries" in level.feeds:
            con.execute(queries.text("duckdb/rollups/make_whole_summaries_stale"), bounds)
        if "identities" in level.feeds:
            table = family.table(family.rollups[0])
            within = f"(from {level.name}.{table} where {level.period} >= $from and {level.period} < $to)"
            con.execute(sql.render("rollups/make_new_identities_stale", source=within), bounds)
        _settle(con, level, family, span)


def _replace_touched(con: duckdb.DuckDBPyConnection, level: Level, family: Family, span: Span) -> None:
    bounds = {"from": span.start, "to": span.end}
    with transaction(con):
        for rollup in family.rollups:
            con.execute(_statement("touched", level, family, rollup), _bounds(level, family, span))
            if not con.execute("select 1 from touched limit 1").fetchall():
                continue
            if level.feeds:
                con.execute(_statement("groups", level, family, rollup, into="before"), bounds)
            con.execute(_statement("clear_touched", level, family, rollup), bounds)
            con.execute(_insert(level, family, rollup, touched=True), bounds)
            if level.feeds:
                con.execute(_statement("groups", level, family, rollup, into="after"), bounds)
                con.execute(_statement("changed", level, family, rollup))
                _make_changed_stale(con, level, family, rollup)
        _settle(con, level, family, span)


def _make_changed_stale(con: duckdb.DuckDBPyConnection, level: Level, family: Family, rollup: Rollup) -> None:
    for consumer in level.feeds:
        if consumer == YEARLY.name and rollup.adds_up:
            con.execute(_move_sums(level, YEARLY, family, rollup))
        elif consumer in ALL_LEVELS:
            con.execute(
                _consumer_statement("make_changed_stale", level, ALL_LEVELS[consumer], family, rollup)
            )
        elif consumer == "summaries":
            con.execute(queries.text("duckdb/rollups/make_changed_summaries_stale"))
        elif consumer == "identities":
            con.execute(sql.render("rollups/make_new_identities_stale", source="changed"))


def _insert(level: Level, family: Family, rollup: Rollup, touched: bool) -> str:
    statement = select(level, family, rollup)
    if touched:
        alias, time = (
            ("event", family.event_time) if level is HOURLY else ("state", ALL_LEVELS[level.source].period)
        )
        same = [f"touched.{name} = {alias}.{name}" for name in sql.touched_grain(level, rollup)]
        same.append(f"touched.{level.period} = date_trunc('{level.period}', {alias}.{time})")
        statement = statement.replace("/* touched */", f"semi join touched on {' and '.join(same)}")
    # Whoever reads one organization reads months or the year: only there is that order worth its price, which
    # is 20 to 40 % of the CPU of an hour's or a day's statement (measured on one week).
    order = f"order by {level.period}" + (", organization_id" if level in (MONTHLY, YEARLY) else "")
    return f"insert into {level.name}.{family.table(rollup)} by name\n{statement}\n{order}"


def _settle(con: duckdb.DuckDBPyConnection, level: Level, family: Family, span: Span) -> None:
    # Hourly has one stale table for all rollups of a family: settling it more than once changes nothing.
    for rollup in family.rollups:
        con.execute(_statement("settle", level, family, rollup), _bounds(level, family, span))


def _bounds(level: Level, family: Family, span: Span) -> dict[str, Any]:
    """The span, and the family where the stale table is shared by all families."""
    bounds: dict[str, Any] = {"from": span.start, "to": span.end}
    return bounds | {"family": family.name} if level is HOURLY else bounds


def _statement(name: str, level: Level, family: Family, rollup: Rollup, **parts: str) -> str:
    return sql.render(
        f"rollups/{name}",
        level=level.name,
        table=family.table(rollup),
        period=level.period,
        dimensions=sql.names(rollup.dimensions),
        columns=sql.names(sql.rollup_columns(rollup, level)),
        grain=sql.names(sql.touched_grain(level, rollup)),
        touched_period="hour" if level is HOURLY else "period",
        stale=sql.stale_table(level, family, rollup),
        of_family=" and family = $family" if level is HOURLY else "",
        **parts,
    )


def _move_sums(level: Level, consumer: Level, family: Family, rollup: Rollup) -> str:
    """The statement that follows a change in a rollup of sums without reading the consumer's whole period."""
    columns = sql.rollup_columns(rollup, consumer)
    measures = [(measure.name, sql.COUNT_TYPES[measure.kind]) for measure in rollup.measures]
    return _consumer_statement(
        "move_sums",
        level,
        consumer,
        family,
        rollup,
        columns=sql.names(columns),
        moved_columns=sql.names(columns, "moved."),
        same_group=" and ".join(f"known.{c} = moved.{c}" for c in (consumer.period, *rollup.dimensions)),
        differences=", ".join(f"cast(sum(sign * {name}) as {kind}) as {name}" for name, kind in measures),
        sums=", ".join(f"{name} = known.{name} + moved.{name}" for name, _ in measures),
        count=measures[0][0],
    )


def _consumer_statement(
    name: str, level: Level, consumer: Level, family: Family, rollup: Rollup, **parts: str
) -> str:
    return sql.render(
        f"rollups/{name}",
        consumer=consumer.name,
        table=family.table(rollup),
        period=consumer.period,
        source_period=level.period,
        dimensions=sql.names(rollup.dimensions),
        stale=sql.stale_table(consumer, family, rollup),
        **parts,
    )
