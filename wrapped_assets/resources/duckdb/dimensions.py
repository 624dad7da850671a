"""Names and owners in DuckDB: the newest snapshot of each id wins in each region, whatever order they land in."""

from collections.abc import Sequence

import duckdb

from wrapped_assets import queries
from wrapped_assets.families import Dimension
from wrapped_assets.landing.objects import Fetched
from wrapped_assets.progress import Progress
from wrapped_assets.resources.duckdb import sql
from wrapped_assets.resources.duckdb.parquet import by_types
from wrapped_assets.resources.duckdb.rows import create_empty, insert_dicts
from wrapped_assets.resources.duckdb.transaction import transaction
from wrapped_assets.resources.errors import LandingFilesGone
from wrapped_assets.resources.identity import wrapped_id
from wrapped_assets.resources.warehouse import Fetch, LedgerFile

# Snapshot files read at once.
BATCH_FILES = 400


def refresh(
    con: duckdb.DuckDBPyConnection, dimension: Dimension, fetch: Fetch, full: bool, progress: Progress
) -> int:
    """Merge the snapshots that landed, or with `full` (or after a changed object) all of them; returns the row count."""
    values = {"family": dimension.name}
    pending = con.execute(queries.text("duckdb/dimensions/pending"), values).fetchall()
    rebuild = full or any(file_id is None for (file_id,) in pending)
    listed = con.execute(queries.text("duckdb/dimensions/files"), {**values, "everything": rebuild})
    files = [LedgerFile(*row) for row in listed.fetchall()]
    with transaction(con):
        con.execute(sql.render("dimensions/before", dimension=dimension.name))
        if rebuild:
            con.execute(f"delete from dimensions.{dimension.name}")
        for start in range(0, len(files), BATCH_FILES):
            progress(dimension.name, start, len(files))
            with fetch(files[start : start + BATCH_FILES]) as fetched:
                if fetched.problems:
                    raise LandingFilesGone(f"dimensions.{dimension.name}", None, fetched.problems)
                merge(con, dimension, files[start : start + BATCH_FILES], fetched)
        _make_stale(con, dimension)
        con.execute(queries.text("duckdb/dimensions/settle"), values)
    progress(dimension.name, len(files), len(files))
    return int(con.execute(f"select count(*) from dimensions.{dimension.name}").fetchall()[0][0])


def _make_stale(con: duckdb.DuckDBPyConnection, dimension: Dimension) -> None:
    """What follows the change: the identities, where the dimension says who owns a subject, or the documents that tell its names."""
    if dimension.subject is None:
        return
    said = [column.name for column in dimension.contents]
    said += ["first_exported_at"] if dimension.names_owners else []
    statement = sql.render(
        "dimensions/changed",
        dimension=dimension.name,
        subject=dimension.subject,
        key=sql.names(dimension.key),
        before=sql.names(("region", *said), "before."),
        now=sql.names(("region", *said), "now."),
    )
    con.execute(statement)
    followers = "identities" if dimension.names_owners else "documents"
    con.execute(queries.text(f"duckdb/dimensions/make_{followers}_stale"))


def merge(
    con: duckdb.DuckDBPyConnection, dimension: Dimension, files: Sequence[LedgerFile], fetched: Fetched
) -> None:
    """Merge these snapshot files into the dimension's table; the newest of each id wins."""
    regions = {fetched.paths[file.key]: file.region for file in files}
    for types, paths in by_types(con, dimension.columns, list(regions)).items():
        statement = sql.render(
            "dimensions/merge",
            dimension=dimension.name,
            key=sql.names(("region", *dimension.key)),
            same_key=" and ".join(f"known.{name} = snapshot.{name}" for name in ("region", *dimension.key)),
            columns=sql.names([column.name for column in dimension.columns]),
            values=sql.values(dimension, types),
            statistics=sql.statistics(dimension, types),
            reasons=sql.reasons(dimension, types),
            assignments=", ".join(
                f"{c.name} = snapshot.{c.name}" for c in dimension.columns if c.name not in dimension.key
            ),
            snapshot_columns=sql.names([*(c.name for c in dimension.columns), "region"], "snapshot."),
            greatest_first=sql.greatest_first(dimension),
            snapshot_tie_break=sql.tie_break(dimension, "snapshot."),
            known_tie_break=sql.tie_break(dimension, "known."),
        )
        asked = {"paths": [str(path) for path in paths], "regions": [regions[path] for path in paths]}
        con.execute(statement, asked)


def refresh_identities(con: duckdb.DuckDBPyConnection, secret: bytes, full: bool) -> int:
    """Give every organization its public identity; returns how many changed.

    Whoever gained or lost an organization has every edition's summary recomputed.
    """
    with transaction(con):
        rows = con.execute(
            sql.render("dimensions/wanted_owners", months=sql.months()), {"everyone": full}
        ).fetchall()
        identities = [
            {
                "organization_id": organization,
                "customer_id": customer,
                "wrapped_id": wrapped_id(secret, customer),
                "customer_name": name,
                "created_at": created_at,
            }
            for organization, customer, name, created_at in rows
        ]
        create_empty(con, "temp table settled", "from main.wrapped_organizations")
        insert_dicts(con, "settled", identities)
        con.execute(queries.text("duckdb/dimensions/make_owners_stale"))
        changed = con.execute(queries.text("duckdb/dimensions/settle_owners")).fetchall()
        con.execute("delete from stale.identities")
    return len(changed)
