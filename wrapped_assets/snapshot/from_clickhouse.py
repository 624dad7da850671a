"""Writing the serving snapshot of a year from ClickHouse: its rows stream into a DuckDB file, so that one program serves both.

There are no transactions across statements here. The ledger is read before the numbers, so a file that lands meanwhile is none
of the snapshot's; and when something was swapped meanwhile, all is read again.
"""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import duckdb

from wrapped_assets import queries
from wrapped_assets.periods import Level, Span
from wrapped_assets.product import PartKind
from wrapped_assets.products import DIMENSIONS
from wrapped_assets.resources.clickhouse import ClickHouseReader, marks, sql
from wrapped_assets.resources.clickhouse.answers import answered
from wrapped_assets.resources.clickhouse.session import Session
from wrapped_assets.resources.errors import SnapshotNotReady
from wrapped_assets.resources.warehouse import Reader, SnapshotReport
from wrapped_assets.snapshot import tables
from wrapped_assets.snapshot.readiness import followed_edition
from wrapped_assets.snapshot.writing import Draft, drafting, report

# Times that a snapshot is begun anew because partitions were swapped while it was read.
ATTEMPTS = 3

MOVED = "its tables changed while they were read"


def write_snapshot(reader: Reader, path: Path, year: int) -> SnapshotReport:
    """Put the snapshot of a year at `path`; SnapshotNotReady when the warehouse is not up to date for it."""
    assert isinstance(reader, ClickHouseReader)
    session = reader.session
    with duckdb.connect(":memory:", config={"memory_limit": reader.limits.memory_limit}) as con:
        con.execute("set TimeZone = 'UTC'")
        con.execute("set enable_progress_bar = false")
        for _ in range(ATTEMPTS):
            before = _swaps_made(session)
            edition = followed_edition(reader, year)
            try:
                with drafting(con, path) as draft:
                    draft.fill_edition(year, edition)
                    _fill(session, draft, Span.year(year))
                    if _swaps_made(session) != before:
                        raise _Moved
                return report(path, year)
            except _Moved:
                continue
    raise SnapshotNotReady(year, [MOVED])


class _Moved(Exception):
    """What was read is not of one moment."""


def _fill(session: Session, draft: Draft, span: Span) -> None:
    def stream(fill: Callable[[str], None], statement: str, values: Mapping[str, Any] | None = None) -> None:
        with answered(session, draft.con, statement, values) as has_rows:
            if has_rows:
                fill("(from answer)")

    bounds = {"since": span.start, "until": span.end}
    stream(partial(draft.fill, "files"), _text("files"))
    stream(partial(draft.fill, "file_hours"), _text("file_hours"), bounds)
    _fill_waiting(session, draft, span)
    stream(draft.number_organizations, sql.render("serving/regions", months=sql.months()), bounds)
    for name in DIMENSIONS:
        stream(partial(draft.fill, f"dimensions.{name}"), f"select * from dimensions_{name}")
    for level in tables.LEVELS:
        for kind in tables.KINDS.values():
            statement = _parts(kind, level)
            for part in tables.parts(level, span):
                asked = {"since": part.start, "until": part.end}
                stream(partial(draft.fill_parts, level), statement, asked)
    draft.finish()


def _parts(kind: PartKind, level: Level) -> str:
    source = sql.rollup_rows(tables.rollup_of(kind), level, f"{level.name}_{tables.table(kind)}")
    return sql.render("serving/parts", source=source, **tables.expressions(kind, level, "state.{}", "argMax"))


def _fill_waiting(session: Session, draft: Draft, span: Span) -> None:
    for each in marks.partitions(session, layer="raw", span=span):
        draft.wait(each.family, each.period, newer_than=-1 if each.must_rebuild else each.held)


def _swaps_made(session: Session) -> list[tuple[Any, ...]]:
    return session.rows(_text("swaps_made"))


def _text(name: str) -> str:
    return queries.text(f"clickhouse/serving/{name}")
