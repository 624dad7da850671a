"""Writing the serving snapshot of a year from a DuckDB warehouse."""

from pathlib import Path

import duckdb

from wrapped_assets import queries
from wrapped_assets.periods import Span
from wrapped_assets.products import DIMENSIONS
from wrapped_assets.resources.duckdb import sql, status, summaries
from wrapped_assets.resources.snapshot import tables
from wrapped_assets.resources.snapshot.readiness import require_followed
from wrapped_assets.resources.snapshot.writing import drafting, report
from wrapped_assets.resources.warehouse import SnapshotReport


def write_snapshot(con: duckdb.DuckDBPyConnection, path: Path, year: int) -> SnapshotReport:
    """Put the snapshot of a year at `path`; SnapshotNotReady when the warehouse is not up to date for it."""
    left_out = con.execute(queries.text("duckdb/summaries/left_out"), {"year": year}).fetchall()[0][0]
    edition = summaries.edition(con, year)
    require_followed(year, status.pending(con), edition, left_out)
    span = Span.year(year)
    bounds = {"from": span.start, "to": span.end}
    with drafting(con, path) as draft:
        draft.number_organizations(f"({sql.render('serving/regions', months=sql.months())})", bounds)
        draft.fill_edition(year, edition)
        draft.fill("files", _text("files"))
        draft.fill("file_hours", _text("file_hours"), bounds)
        draft.fill("waiting", _text("waiting"), bounds)
        for dimension in DIMENSIONS.values():
            draft.fill(f"dimensions.{dimension.name}", f"from dimensions.{dimension.name}")
        for level in tables.LEVELS:
            for kind in tables.KINDS.values():
                for part in tables.parts(level, span):
                    source = tables.from_rollup(kind, level, f"{level.name}.{tables.table(kind)}")
                    draft.fill_parts(level, source, {"from": part.start, "to": part.end})
        draft.finish()
    return report(path, year)


def _text(name: str) -> str:
    return queries.text(f"duckdb/serving/{name}")
