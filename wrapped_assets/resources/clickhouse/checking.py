"""Running the checks in ClickHouse: the rows that break a rule, and the deep comparison with a rebuild."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from wrapped_assets import queries
from wrapped_assets.families import Family, Rollup
from wrapped_assets.periods import LEVELS, Level, Span
from wrapped_assets.products import FAMILIES
from wrapped_assets.resources.checks import Check, conservation
from wrapped_assets.resources.clickhouse import (
    computing,
    in_duckdb,
    raw,
    rollups,
    sql,
    status,
    summaries,
)
from wrapped_assets.resources.clickhouse.connection import Limits
from wrapped_assets.resources.clickhouse.partitions import staged
from wrapped_assets.resources.clickhouse.session import Session
from wrapped_assets.resources.warehouse import EXAMPLES, Broken

Rows = list[dict[str, Any]]


def violations(session: Session, check: Check, span: Span, now: datetime) -> Broken:
    if check.statement == "duplicates":
        return raw.duplicates(session, FAMILIES[check.family], f"raw_{check.family}", span)
    if check.statement in ("lost_keys", "contested"):
        return _landing_violations(session, check.statement, FAMILIES[check.family], span)
    if check.statement == "quarantine":
        return Broken.quarantined(status.quarantine(session, span, check.family))
    if check.statement.startswith("conserved_"):
        return _conservation(session, check, span)
    if check.statement in in_duckdb.CHECKS:
        return in_duckdb.violations(session, check.statement, span.start.year)
    values = {
        "since": span.start,
        "until": span.end,
        "family": check.family,
        "year": span.start.year,
        "now": now.replace(tzinfo=None),
    }
    return raw.broken(session, queries.text(f"clickhouse/checks/{check.statement}"), values)


def _landing_violations(session: Session, name: str, family: Family, span: Span) -> Broken:
    statement = sql.render(
        f"checks/{name}",
        family=family.name,
        key=sql.names(family.key),
        landed=raw.landed_rows(family),
        held=raw.held_rows(family),
        hash=sql.row_hash(family),
    )
    chunks = raw.day_chunks(session, family, span)
    return sum((raw.broken(session, statement, values) for values in chunks), Broken())


def _conservation(session: Session, check: Check, span: Span) -> Broken:
    # Summaries are computed from the months themselves: there are no yearly states that could differ.
    level = LEVELS.get(check.statement.removeprefix("conserved_"))
    if level is None:
        return Broken()
    whole = level.covering(span)
    family = FAMILIES[check.family]
    bounds = {"since": whole.start, "until": whole.end}
    statements = [conservation_statement(level, family, rollup) for rollup in family.at(level)]
    return sum((raw.broken(session, statement, bounds) for statement in statements), Broken())


def conservation_statement(level: Level, family: Family, rollup: Rollup) -> str:
    """The query for periods and organizations whose measures differ from what the level below holds."""
    parts = conservation(level, family, rollup, "{}_{}", sql.from_raw, lambda m: sql.merged(m, rollup))
    return sql.render("checks/conserved", start_of_period=sql.start_of(level, parts["time"]), **parts)


def differences(session: Session, limits: Limits, layer: str, family: str, span: Span) -> Rows:
    if layer == "raw":
        return list(_raw_differences(session, FAMILIES[family], span))[:EXAMPLES]
    if layer in LEVELS:
        return list(_rollup_differences(session, LEVELS[layer], FAMILIES[family], span))[:EXAMPLES]
    return _summary_differences(session, limits, span.start.year)


def _raw_differences(session: Session, family: Family, span: Span) -> Iterator[dict[str, Any]]:
    columns = sql.names(family.raw_columns)
    statement = _rebuilt(f"raw_{family.name}", columns, raw.held_rows(family), raw.shown(family))
    for values in raw.day_chunks(session, family, span):
        yield from session.dicts(statement, values)


def _rollup_differences(
    session: Session, level: Level, family: Family, span: Span
) -> Iterator[dict[str, Any]]:
    periods = sorted({level.start(day) for day in span})
    for piece in rollups.chunks(session, level, family, periods, level.covering(span)):
        for rollup in family.at(level):
            name = rollups.table(level, family, rollup)
            rebuilt = sql.rollup_rows(rollup, level, f"({rollups.select(level, family, rollup)})")
            within = f"toYYYYMMDD({level.period}) in {{own:Array(UInt32)}}"
            stored = sql.rollup_rows(rollup, level, f"(select * from {name} where {within})")
            values = {
                "partitions": rollups.source_partitions(level, piece),
                "own": [sql.partition(period) for period in piece],
            }
            columns = sql.names(rollup.columns(level))
            yield from session.dicts(_rebuilt(name, columns, stored, rebuilt), values)


def _summary_differences(session: Session, limits: Limits, year: int) -> Rows:
    known = summaries.edition(session, year)
    if known and known.frozen:
        return []  # it left rows out on purpose
    names = [
        name
        for (name,) in session.rows(
            "select name from system.columns where database = currentDatabase() and table = 'wrapped_summaries' order by position"
        )
    ]
    columns = sql.names(names)
    staging = sql.staging(summaries.TABLE)
    with staged(session, summaries.TABLE):
        summaries.keep_members(session, year, None, everyone=True)
        computing.compute(session, year, limits, staging)
        session.run("drop table staging_members sync")
        stored = f"select {columns} from {summaries.TABLE} where year = {{year:Int32}}"
        return session.dicts(
            _rebuilt(summaries.TABLE, columns, stored, f"select {columns} from {staging}"), {"year": year}
        )


def _rebuilt(table: str, columns: str, stored: str, rebuilt: str) -> str:
    return sql.render("checks/rebuilt", table=table, columns=columns, stored=stored, rebuilt=rebuilt)
