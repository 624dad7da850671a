"""Writing the serving snapshot of a year from a warehouse."""

from pathlib import Path

from wrapped_assets import queries
from wrapped_assets.periods import Span
from wrapped_assets.products import DIMENSIONS
from wrapped_assets.resources.duckdb import DuckDBReader, sql
from wrapped_assets.resources.warehouse import Reader, SnapshotReport
from wrapped_assets.snapshot import tables
from wrapped_assets.snapshot.readiness import followed_edition
from wrapped_assets.snapshot.writing import drafting, report


def write_snapshot(reader: Reader, path: Path, year: int) -> SnapshotReport:
    """Put what serving needs of a year into an immutable DuckDB file at `path`, where nothing may be yet.

    SnapshotNotReady when the year's rollups or owners have not followed raw, or moved on after the edition froze.
    """
    if isinstance(reader, DuckDBReader):
        return _of_duckdb(reader, path, year)
    # Imported only where it is used: DuckDB's commands start without it.
    from wrapped_assets.snapshot.from_clickhouse import write_snapshot

    return write_snapshot(reader, path, year)


def _of_duckdb(reader: DuckDBReader, path: Path, year: int) -> SnapshotReport:
    edition = followed_edition(reader, year)
    span = Span.year(year)
    bounds = {"from": span.start, "to": span.end}
    with drafting(reader.con, path) as draft:
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
