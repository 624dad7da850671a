"""The tables of a warehouse: those of families, rollups and dimensions as declared, the others from sql/clickhouse/tables."""

from wrapped_assets import queries
from wrapped_assets.resources.clickhouse import declared
from wrapped_assets.resources.clickhouse.session import Session
from wrapped_assets.resources.errors import MadeOtherwise, NewerSchema, OlderSchema, WarehouseMissing

# Those below it were numbered migrations, and never released.
VERSION = 45


def prepare(session: Session, place: str) -> None:
    """Make the tables that are missing; refuse those that another version of this program made.

    Each statement is safe to repeat, and the version is noted after them: whoever is killed in between makes them once more.
    """
    version = _version(session)
    _refuse_others(session, version, place)
    there = _tables(session) if version else set()
    for name, statement in statements().items():
        if name not in there:
            for made in session.cluster.made(statement) if session.cluster else [statement]:
                session.run(made)
    if not version:
        session.insert("schema_migrations", [{"version": VERSION, "name": "all tables"}])


def require(session: Session, place: str) -> None:
    """Refuse a database whose tables another version made, or that has none, or not all of them yet."""
    version = _version(session)
    _refuse_others(session, version, place)
    if not version or statements().keys() - _tables(session):
        raise WarehouseMissing(place)


def statements() -> dict[str, str]:
    """Every `create` by the name of what it makes, and a view after what it reads."""
    tables, views = (
        {name: queries.text(f"clickhouse/{folder}/{name}") for name in queries.names(f"clickhouse/{folder}")}
        for folder in ("tables", "views")
    )
    return tables | declared.tables() | views


def _refuse_others(session: Session, version: int, place: str) -> None:
    """Of another version; or made for a cluster and opened as one server's, or the other way round: it stays what it is."""
    if version > VERSION:
        raise NewerSchema(place, version, VERSION)
    if 0 < version < VERSION:
        raise OlderSchema(place, version, VERSION, "name a new database or folder in WRAPPED_WAREHOUSE_URL")
    engines = session.rows(
        "select engine from system.tables where database = currentDatabase() and name = 'raw_pipe_stats'"
    )
    for (engine,) in engines:
        if (engine == "Distributed") != (session.cluster is not None):
            raise MadeOtherwise(place, for_cluster=engine == "Distributed")


def _tables(session: Session) -> set[str]:
    return {
        name for (name,) in session.rows("select name from system.tables where database = currentDatabase()")
    }


def _version(session: Session) -> int:
    if not session.value(
        "select count() from system.tables where database = currentDatabase() and name = 'schema_migrations'"
    ):
        return 0
    return int(session.value("select max(version) from schema_migrations"))
