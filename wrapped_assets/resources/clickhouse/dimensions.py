"""Names and owners in ClickHouse: the newest snapshot of each id wins in each region, whatever order they land in."""

from wrapped_assets import queries
from wrapped_assets.families import Dimension
from wrapped_assets.progress import Progress
from wrapped_assets.resources.clickhouse import in_duckdb, marks, sql
from wrapped_assets.resources.clickhouse.partitions import staged, swap_whole
from wrapped_assets.resources.clickhouse.session import Session
from wrapped_assets.resources.identity import wrapped_id

OWNERS = "wrapped_organizations"


def refresh(session: Session, dimension: Dimension, full: bool, progress: Progress) -> int:
    """Merge the snapshots that landed, or with `full` (or after a changed object) all of them; returns the row count."""
    asked = {"names": [dimension.name], "everything": full}
    table = f"dimensions_{dimension.name}"
    for name, newest, held, must_rebuild in session.rows(
        queries.text("clickhouse/status/stale_dimensions"), asked
    ):
        progress(name, 0, 1)
        from_scratch = full or bool(must_rebuild)
        with staged(session, table):
            session.run(_newest(dimension, from_scratch), {"after": 0 if from_scratch else held})
            sequence = _make_stale(session, dimension)
            with marks.swapping(session, "dimensions", name, [marks.WHOLE], sequence):
                swap_whole(session, table)
        marks.holds(session, "dimensions", name, [(marks.WHOLE, newest)])
    progress(dimension.name, 1, 1)
    return int(session.value(f"select count() from {table}"))


def _newest(dimension: Dimension, from_scratch: bool) -> str:
    columns = sql.names(dimension.raw_columns)
    held = f"union all\nselect {columns}, region, first_exported_at\nfrom dimensions_{dimension.name}"
    return sql.render(
        "dimensions/newest",
        dimension=dimension.name,
        target=sql.staging(f"dimensions_{dimension.name}"),
        key=sql.names(("region", *dimension.key)),
        columns=columns,
        greatest_first=sql.greatest_first(dimension),
        held="" if from_scratch else held,
        and_what_is_held="" if from_scratch else f", and dimensions_{dimension.name}",
    )


def _make_stale(session: Session, dimension: Dimension) -> int:
    """Before the change: the identities follow it, where the dimension says who owns a subject, or the documents that tell its names. The change's number."""
    sequence = marks.next_sequence(session)
    if dimension.subject is None:
        return sequence
    said = (*dimension.key, *(column.name for column in dimension.contents))
    if dimension.names_owners:
        said = (*said, "first_exported_at")
    statement = sql.render(
        "dimensions/changed",
        dimension=dimension.name,
        staging=sql.staging(f"dimensions_{dimension.name}"),
        subject=dimension.subject,
        id=sql.names(f"ifNull(held.{name}, staged.{name})" for name in dimension.key),
        same=" and ".join(f"held.{name} is not distinct from staged.{name}" for name in said),
        same_key=" and ".join(f"held.{name} = staged.{name}" for name in ("region", *dimension.key)),
    )
    changed = [subject for (subject,) in session.rows(statement)]
    if dimension.names_owners:
        session.insert("stale_identities", [{"organization_id": id, "sequence": sequence} for id in changed])
    else:
        values = {"organizations": changed, "sequence": sequence}
        session.run(queries.text("clickhouse/dimensions/make_documents_stale"), values)
    return sequence


def refresh_identities(session: Session, secret: bytes, full: bool) -> int:
    """Give every organization its public identity; returns how many changed.

    Whoever gained or lost an organization has every edition's summary recomputed.
    """
    newest = session.value("select max(sequence) from stale_identities")
    everyone = full or marks.is_broken(session, OWNERS)
    owners = in_duckdb.wanted_owners(session, everyone)
    names = ("organization_id", "customer_id", "customer_name", "created_at")
    identities = [
        dict(zip(names, row, strict=True)) | {"wrapped_id": wrapped_id(secret, row[1])} for row in owners
    ]
    staging = sql.staging(OWNERS)
    with staged(session, OWNERS):
        session.insert(staging, identities)
        changed = session.rows(sql.render("dimensions/changed_owners", staging=staging))
        if owners:
            session.run(sql.render("dimensions/other_owners", staging=staging))
            sequence = _make_owners_stale(session, changed)
            # Also when nothing changed: owners may stand twice.
            with marks.swapping(session, OWNERS, "", [marks.WHOLE], sequence):
                swap_whole(session, OWNERS)
    marks.holds(session, OWNERS, "", [(marks.WHOLE, newest)])
    return len(changed)


def _make_owners_stale(session: Session, changed: list[tuple[str, str | None, str]]) -> int:
    moved = {owner for _, old, new in changed if old != new for owner in (old, new) if owner}
    sequence = marks.next_sequence(session)
    statement = sql.render("dimensions/make_owners_stale", staging=sql.staging(OWNERS))
    session.run(statement, {"owners": sorted(moved), "sequence": sequence})
    return sequence
