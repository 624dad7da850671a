"""The tables of a warehouse: made and upgraded by the numbered files of sql/clickhouse/migrations, forward only."""

from collections.abc import Iterator

from wrapped_assets import queries
from wrapped_assets.periods import LEVELS
from wrapped_assets.resources.clickhouse import sql
from wrapped_assets.resources.clickhouse.regrouping import regroup
from wrapped_assets.resources.clickhouse.session import Session
from wrapped_assets.resources.errors import MadeOtherwise, NewerSchema, WarehouseMissing

MIGRATIONS = queries.names("clickhouse/migrations")
VERSION = len(MIGRATIONS)


def prepare(session: Session, place: str) -> None:
    """Apply the migrations that are missing; refuse tables that a newer version of this program made.

    Each is safe to repeat, and is noted after it was applied: whoever is killed in between applies it once more.
    """
    version = _version(session)
    _refuse_newer(version, place)
    _refuse_other_places(session, place)
    for number, name in list(enumerate(MIGRATIONS, start=1))[version:]:
        for statement in statements(name):
            for made in session.cluster.migrated(statement) if session.cluster else [statement]:
                session.run(made)
        session.insert("schema_migrations", [{"version": number, "name": name}])
    regroup(session, place, [statement for name in MIGRATIONS for statement in statements(name)])


def require(session: Session, place: str) -> None:
    """Refuse a database whose tables a newer version made, or that has none, or not all of them yet."""
    version = _version(session)
    _refuse_newer(version, place)
    _refuse_other_places(session, place)
    if version < VERSION:
        raise WarehouseMissing(place)


def statements(name: str) -> Iterator[str]:
    """What a migration does: one statement, or the same one for each level of the rollups."""
    text = queries.text(f"clickhouse/migrations/{name}")
    if "{level}" not in text:
        yield text
        return
    for level in LEVELS.values():
        yield sql.render(
            f"migrations/{name}",
            level=level.name,
            period=level.period,
            period_type=sql.PERIOD_TYPES[level.name],
            shared=sql.shared_partition(level),
        )


def _refuse_newer(version: int, place: str) -> None:
    if version > VERSION:
        raise NewerSchema(place, version, VERSION)


def _refuse_other_places(session: Session, place: str) -> None:
    """A warehouse is made for a cluster or for one server, and stays so."""
    engines = session.rows(
        "select engine from system.tables where database = currentDatabase() and name = 'raw_pipe_stats'"
    )
    for (engine,) in engines:
        if (engine == "Distributed") != (session.cluster is not None):
            raise MadeOtherwise(place, for_cluster=engine == "Distributed")


def _version(session: Session) -> int:
    if not session.value(
        "select count() from system.tables where database = currentDatabase() and name = 'schema_migrations'"
    ):
        return 0
    return int(session.value("select max(version) from schema_migrations"))
