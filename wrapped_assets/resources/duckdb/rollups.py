"""Hourly, daily, weekly and monthly in DuckDB: stale periods are computed anew from the level below, of the organizations that changed or of all.

What to recompute stands in stale.rollups. A level says so to the next in the transaction in which it follows, so a change
travels upwards by organization and period, and a rebuild by whole periods. Both give the rows a full rebuild would give.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import duckdb

from wrapped_assets import queries
from wrapped_assets.families import Family, Rollup
from wrapped_assets.periods import ALL_LEVELS, MONTHLY, YEARLY, Level, Span, consecutive
from wrapped_assets.products import DEFAULT
from wrapped_assets.progress import Progress
from wrapped_assets.resources.chunks import bounded
from wrapped_assets.resources.duckdb import sql, status
from wrapped_assets.resources.duckdb.connection import release_cache
from wrapped_assets.resources.duckdb.transaction import transaction
from wrapped_assets.resources.warehouse import RefreshReport

# Rows of the level below aggregated at once: more needs more memory, fewer means more commits, each with its price.
CHUNK_ROWS = 4_000_000


def refresh(
    con: duckdb.DuckDBPyConnection, level: Level, family: Family, span: Span, full: bool, progress: Progress
) -> RefreshReport:
    """Bring one level of a family up to date for the periods of the span; with `full` recompute all of them."""
    if full:
        make_whole_stale(con, level, family, span)
    stale = con.execute(
        _statement("stale_periods", level, subject=family.subject), _bounds(family, span)
    ).fetchall()
    whole, touched = (
        [period for period, is_whole in stale if is_whole is wanted] for wanted in (True, False)
    )
    pieces = [(_replace_whole, piece) for piece in chunks(con, level, family, whole)]
    pieces += [(_replace_touched, piece) for piece in chunks(con, level, family, touched)]
    for done, (replace, piece) in enumerate(pieces):
        progress(f"{level.name}/{family.name}", done, len(pieces))
        replace(con, level, family, piece)
        if len(pieces) > 1:
            release_cache(con)
    progress(f"{level.name}/{family.name}", len(pieces), len(pieces))
    return RefreshReport(row_counts(con, level, family, span), len(whole), len(touched))


def make_whole_stale(con: duckdb.DuckDBPyConnection, level: Level, family: Family, span: Span) -> None:
    """Have a level recompute whole periods, whoever changed in them."""
    con.execute(_statement("make_whole_stale", level), _bounds(family, span))


def shown(level: Level, family: Family) -> str:
    """The statements that compute the level, to read."""
    return "\n\n".join(select(level, family, rollup) for rollup in family.at(level))


def row_counts(con: duckdb.DuckDBPyConnection, level: Level, family: Family, span: Span) -> dict[date, int]:
    """Rows of each period that has any, over all rollups of the family."""
    counts: dict[date, int] = {}
    for rollup in family.at(level):
        table = f"{level.name}.{family.table(rollup)}"
        for period, rows in status.row_counts(con, table, level.period, span).items():
            counts[period] = counts.get(period, 0) + rows
    return counts


def select(level: Level, family: Family, rollup: Rollup) -> str:
    """The statement that computes one rollup of one level; binds `$from` and `$to`."""
    source = family.source(level)
    if source == "raw":
        return queries.text(family.sql("duckdb", rollup))
    return sql.render(
        "rollups/merge",
        level=level.name,
        source=source,
        table=family.table(rollup),
        period=level.period,
        source_period=ALL_LEVELS[source].period,
        dimensions=sql.names(rollup.dimensions),
        merges=",\n    ".join(sql.merged(measure) for measure in rollup.measures),
    )


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
    source = family.source(level)
    if source == "raw":
        return status.row_counts(con, f"raw.{family.name}", family.event_time, span)
    return row_counts(con, ALL_LEVELS[source], family, span)


def _replace_whole(con: duckdb.DuckDBPyConnection, level: Level, family: Family, span: Span) -> None:
    bounds = {"from": span.start, "to": span.end}
    with transaction(con):
        con.execute(_statement("whole", level, subject=family.subject), bounds)
        for rollup in family.at(level):
            con.execute(_statement("clear", level, family, rollup), bounds)
            # Whoever reads one subject reads months or the year: only there is that order worth its price, which
            # is 20 to 40 % of the CPU of an hour's or a day's statement (measured on one week).
            order = f"{level.period}, {family.subject}" if level in (MONTHLY, YEARLY) else level.period
            into = f"insert into {level.name}.{family.table(rollup)} by name"
            con.execute(f"{into}\n{select(level, family, rollup)}\norder by {order}", bounds)
            _make_stale(con, level, family, rollup, _followers(level, family, rollup), (family.subject,))
        con.execute(_statement("settle", level), _bounds(family, span))


def _replace_touched(con: duckdb.DuckDBPyConnection, level: Level, family: Family, span: Span) -> None:
    with transaction(con):
        for rollup in family.at(level):
            if level is YEARLY and rollup.adds_up:
                continue  # It moved with its months.
            con.execute(_difference(level, family, rollup), {"from": span.start, "to": span.end})
            if not con.execute("select 1 from difference limit 1").fetchall():
                continue
            con.execute(_statement("remove", level, family, rollup))
            con.execute(_statement("add", level, family, rollup))
            followers = _followers(level, family, rollup)
            if YEARLY.name in followers and rollup.adds_up:
                con.execute(_move_sums(level, YEARLY, family, rollup))
                followers.remove(YEARLY.name)
            _make_stale(con, level, family, rollup, followers, rollup.dimensions)
        con.execute(_statement("settle", level), _bounds(family, span))


def _make_stale(
    con: duckdb.DuckDBPyConnection,
    level: Level,
    family: Family,
    rollup: Rollup,
    followers: Sequence[str],
    changed: Sequence[str],
) -> None:
    """Have these follow what changed, as told by these columns of `difference`."""
    for name in followers:
        if name in ALL_LEVELS:
            parts = {
                "consumer": name,
                "consumer_period": ALL_LEVELS[name].unit,
                "changed": sql.names(changed),
            }
            con.execute(_statement("make_level_stale", level, family, rollup, **parts))
        else:
            con.execute(_statement(f"make_{name}_stale", level, family, rollup))


def _followers(level: Level, family: Family, rollup: Rollup) -> list[str]:
    """What follows a change of a rollup: levels; of months the documents too, and the identities, since a month may name a new subject."""
    found = [follower.name for follower in family.followers(level.name) if follower.name in rollup.levels]
    if level is MONTHLY and family.name in DEFAULT.families:
        found += ["summaries"] if rollup is not family.rollups[0] else ["summaries", "identities"]
    return found


def _difference(level: Level, family: Family, rollup: Rollup) -> str:
    source = family.source(level)
    alias, time = ("event", family.event_time) if source == "raw" else ("state", ALL_LEVELS[source].period)
    same = [f"touched.period = cast(date_trunc('{level.unit}', {alias}.{time}) as date)"]
    for name in sql.touched_grain(level, family, rollup):
        same.append(
            f"touched.{name} = "
            + (f"date_trunc('hour', {alias}.{time})" if name == "hour" else f"{alias}.{name}")
        )
    touched = f"semi join touched on {' and '.join(same)}"
    computed = select(level, family, rollup).replace("/* touched */", touched)
    return _statement("difference", level, family, rollup, computed=computed)


def _move_sums(level: Level, consumer: Level, family: Family, rollup: Rollup) -> str:
    """The statement that follows a change in a rollup of sums without reading the consumer's whole period."""
    columns = rollup.columns(consumer)
    measures = [(measure.name, sql.COUNT_TYPES[measure.kind]) for measure in rollup.measures]
    return sql.render(
        "rollups/move_sums",
        consumer=consumer.name,
        table=family.table(rollup),
        period=consumer.period,
        source_period=level.period,
        dimensions=sql.names(rollup.dimensions),
        columns=sql.names(columns),
        moved_columns=sql.names(columns, "moved."),
        same_group=" and ".join(f"known.{c} = moved.{c}" for c in (consumer.period, *rollup.dimensions)),
        differences=", ".join(f"cast(sum(sign * {name}) as {kind}) as {name}" for name, kind in measures),
        sums=", ".join(f"{name} = known.{name} + moved.{name}" for name, _ in measures),
        count=measures[0][0],
    )


def _bounds(family: Family, span: Span) -> dict[str, Any]:
    return {"family": family.name, "from": span.start, "to": span.end}


def _statement(
    name: str, level: Level, family: Family | None = None, rollup: Rollup | None = None, **parts: str
) -> str:
    declared = {"level": level.name, "period": level.period, "unit": level.unit}
    if family and rollup:
        group = (level.period, *rollup.dimensions)
        declared |= {
            "family": family.name,
            "table": family.table(rollup),
            "columns": sql.names(rollup.columns(level)),
            "grain": sql.names(sql.touched_grain(level, family, rollup)),
            "same_group": " and ".join(f"known.{name} = difference.{name}" for name in group),
        }
    return sql.render(f"rollups/{name}", **(declared | parts))
