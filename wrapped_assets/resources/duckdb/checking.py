"""Running the checks in DuckDB: the rows that break a rule, and the deep comparison with a rebuild."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import duckdb

from wrapped_assets import products, queries
from wrapped_assets.families import Family, Rollup
from wrapped_assets.periods import ALL_LEVELS, LEVELS, YEARLY, Level, Span
from wrapped_assets.products import FAMILIES
from wrapped_assets.resources.checks import Check, conservation
from wrapped_assets.resources.duckdb import raw, rollups, sql, status, summaries
from wrapped_assets.resources.duckdb.rows import broken, dicts
from wrapped_assets.resources.warehouse import EXAMPLES, Broken, Fetch


def violations(
    con: duckdb.DuckDBPyConnection, check: Check, span: Span, now: datetime, fetch: Fetch
) -> Broken:
    bounds: dict[str, Any] = {"from": span.start, "to": span.end}
    if check.statement == "duplicates":
        return raw.duplicates(con, FAMILIES[check.family], f"raw.{check.family}", span)
    if check.statement in ("lost_keys", "contested"):
        return raw.landing_violations(con, check.statement, FAMILIES[check.family], span, fetch)
    if check.statement == "quarantine":
        return Broken.quarantined(status.quarantine(con, span, check.family))
    if check.statement.startswith("conserved_"):
        return _conservation(con, check, span)
    statement = sql.render(f"checks/{check.statement}", months=sql.months())
    offered = {**bounds, "family": check.family, "year": span.start.year, "now": now.replace(tzinfo=None)}
    named = {name: value for name, value in offered.items() if f"${name}" in statement}
    return broken(con, statement, named)


def _conservation(con: duckdb.DuckDBPyConnection, check: Check, span: Span) -> Broken:
    level, family = ALL_LEVELS[check.statement.removeprefix("conserved_")], FAMILIES[check.family]
    whole = level.covering(span)
    bounds = {"from": whole.start, "to": whole.end}
    statements = [conservation_statement(level, family, rollup) for rollup in family.at(level)]
    return sum((broken(con, statement, bounds) for statement in statements), Broken())


def conservation_statement(level: Level, family: Family, rollup: Rollup) -> str:
    """The query for periods and organizations whose measures differ from what the level below holds."""
    parts = conservation(level, family, rollup, "{}.{}", lambda m: f"{m.from_raw} as {m.name}", sql.merged)
    return sql.render("checks/conserved", **parts)


def differences(
    con: duckdb.DuckDBPyConnection, layer: str, family: str, span: Span, fetch: Fetch
) -> list[dict[str, Any]]:
    if layer == "raw":
        return list(raw.differences(con, FAMILIES[family], span, fetch))[:EXAMPLES]
    if layer in LEVELS:
        return list(_rollup_differences(con, LEVELS[layer], FAMILIES[family], span))[:EXAMPLES]
    found = [
        row
        for member in products.DEFAULT.families.values()
        for row in _rollup_differences(con, YEARLY, member, span)
    ]
    return (found + _summary_differences(con, span.start.year))[:EXAMPLES]


def _rollup_differences(
    con: duckdb.DuckDBPyConnection, level: Level, family: Family, span: Span
) -> Iterator[dict[str, Any]]:
    for chunk in rollups.chunks(con, level, family, sorted({level.start(day) for day in span})):
        for rollup in family.at(level):
            columns = sql.names(rollup.columns(level))
            statement = sql.render(
                "checks/rebuilt",
                table=f"{level.name}.{family.table(rollup)}",
                columns=columns,
                within=f"where {level.period} >= $from and {level.period} < $to",
                rebuild=rollups.select(level, family, rollup),
            )
            yield from dicts(con.execute(statement, {"from": chunk.start, "to": chunk.end}))


def _summary_differences(con: duckdb.DuckDBPyConnection, year: int) -> list[dict[str, Any]]:
    known = summaries.edition(con, year)
    if known and known.frozen:
        return []  # it left rows out on purpose
    con.execute(queries.text("duckdb/summaries/wanted"), {"year": year, "everyone": True})
    con.execute(queries.text("duckdb/summaries/members"))
    rebuilt = {
        "wrapped_summaries": summaries.statement(products.DEFAULT),
        "wrapped_days": summaries.days(products.DEFAULT),
    }
    found: list[dict[str, Any]] = []
    for table, rebuild in rebuilt.items():
        columns = sql.names([c[0] for c in con.execute(f"from main.{table} limit 0").description or ()])
        statement = sql.render(
            "checks/rebuilt",
            table=f"main.{table}",
            columns=columns,
            within="where year = $year",
            rebuild=rebuild,
        )
        found += dicts(con.execute(statement, {"year": year}))
    return found
