"""The floor: one hand-written DuckDB script that dedupes exactly, day by day, and makes the same yearly summaries.

It keeps no raw table, no hours, no weeks and no ledger, checks nothing and quarantines nothing: what is
left is what nobody can do without. It shares only the final summary query with the pipeline, so that both
can be compared customer by customer.

    python -m benchmarks.floor LANDING SECRET_HEX
"""

import hashlib
import json
import sys
from pathlib import Path

import duckdb

from benchmarks.measure import own_cost
from wrapped_assets import products, queries
from wrapped_assets.periods import YEARLY
from wrapped_assets.product import Facts
from wrapped_assets.products import FAMILIES
from wrapped_assets.products.usage.families import WORKSPACES
from wrapped_assets.resources.duckdb import sql, summaries
from wrapped_assets.resources.identity import wrapped_id

YEAR = 2025

WINNERS = """
create or replace temp table winners as
select organization_id, workspace_id, pipe_id, pipe_name, region, start_datetime, error,
    read_bytes, read_rows, result_rows, cast(floor(cpu_time * 1e6 + 0.5) as ubigint) as cpu_time_us,
    cast(floor(duration * 1e6 + 0.5) as ubigint) as duration_us
from read_parquet($paths, hive_partitioning = false)
qualify row_number() over (
    partition by organization_id, request_id, start_datetime order by exported_at desc) = 1
"""
PARTIALS = [
    """
insert into yearly.pipe_stats_requests
select date_trunc('year', $day::date), organization_id, workspace_id, pipe_id, pipe_name, region,
    count(*), sum(error), count(*) filter (where error is null), sum(read_bytes), sum(read_rows), sum(result_rows),
    count(*) filter (where result_rows is null), sum(cpu_time_us), max(start_datetime)
from winners group by all""",
    """
insert into yearly.pipe_stats_durations
select date_trunc('year', $day::date), organization_id,
    (greatest(floor(log2(greatest(duration_us, 1)))::int - 7, 0) * 128
        + (duration_us >> greatest(floor(log2(greatest(duration_us, 1)))::int - 7, 0)))::usmallint, count(*)
from winners group by all""",
    """
insert into yearly.pipe_stats_days
select date_trunc('year', $day::date), organization_id, $day::date, count(*), sum(error), count(*) filter (where error is null)
from winners group by all""",
    """
insert into yearly.pipe_stats_hours
select date_trunc('year', $day::date), organization_id, extract('hour' from start_datetime)::utinyint, count(*)
from winners group by all""",
]


def main(landing: Path, secret: bytes) -> None:
    """Dedupe, aggregate, summarize, and print a digest of the facts."""
    con = duckdb.connect(config={"memory_limit": "2GB"})
    con.execute("set TimeZone = 'UTC'")
    con.execute("create schema yearly; create schema dimensions")
    for family in FAMILIES.values():
        for rollup in family.rollups:
            con.execute(sql.rollup_ddl(family, rollup, YEARLY))
    con.execute(sql.dimension_ddl(WORKSPACES))
    for folder in sorted((landing / "pipe_stats").glob("dt=*")):
        day = folder.name.removeprefix("dt=")
        con.execute(WINNERS, {"paths": [str(path) for path in sorted(folder.rglob("*.parquet"))]})
        for statement in PARTIALS:
            con.execute(statement, {"day": day} if "$day" in statement else None)
    organizations = [
        o for (o,) in con.execute("select distinct organization_id from yearly.pipe_stats_days").fetchall()
    ]
    con.execute("create table main.wrapped_organizations (organization_id varchar, wrapped_id varchar)")
    con.executemany(
        "insert into main.wrapped_organizations values (?, ?)",
        [(o, wrapped_id(secret, o)) for o in organizations],
    )
    con.execute(
        "create temp table wanted as select wrapped_id, cast(null as date) as month from main.wrapped_organizations"
    )
    con.execute(queries.text("duckdb/summaries/members"))
    for table, rows in (("wrapped_summaries", summaries.statement), ("wrapped_days", summaries.days)):
        con.execute(queries.text(f"duckdb/schema/{table}"))
        con.execute(f"insert into main.{table} by name {rows(products.DEFAULT)}", {"year": YEAR})
    facts = summaries.facts(con, YEAR)
    print(json.dumps({**own_cost(), "digest": digest(facts), "customers": len(facts)}))


def digest(facts: list[Facts]) -> str:
    """Equal digests are equal summaries, customer by customer, whatever the engine."""
    rows = sorted(facts, key=lambda row: row["wrapped_id"])
    text = json.dumps(rows, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


if __name__ == "__main__":
    main(Path(sys.argv[1]), bytes.fromhex(sys.argv[2]))
