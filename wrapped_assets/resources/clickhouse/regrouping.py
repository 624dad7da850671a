"""Tables that an older version made with a partition for each day: made anew with the partitions that the migrations name now."""

import re

from wrapped_assets.resources.clickhouse.partitions import MANY_ROWS
from wrapped_assets.resources.clickhouse.session import Session
from wrapped_assets.resources.errors import OldPartitions

_MADE = re.compile(r"^create table if not exists (\w+) .*?^(engine = .*)", re.MULTILINE | re.DOTALL)
# What a table is called until it takes the other's place; afterwards the old one is, until it is dropped.
_PREFIX = "regrouped_"


def regroup(session: Session, place: str, migrations: list[str]) -> None:
    """Safe to repeat: whoever is killed leaves the old table, or the new one with the old one beside it."""
    old = dict(
        session.rows(
            "select name, partition_key from system.tables"
            " where database = currentDatabase() and startsWith(partition_key, 'toYYYYMMDD(')"
            " and not startsWith(name, 'staging_')"
        )
    )
    if old and session.cluster:
        raise OldPartitions(place)
    for made in filter(None, map(_MADE.search, migrations)):
        table, engine = made.groups()
        if table in old:
            _make_anew(session, table, engine, day=old[table])
    for table in old:
        if table.startswith(_PREFIX):
            session.run(f"drop table {table} sync")


def _make_anew(session: Session, table: str, engine: str, day: str) -> None:
    new, columns = f"{_PREFIX}{table}", "*"
    if "own_partition" in engine:
        session.run(f"alter table {table} add column if not exists own_partition UInt32")
        many = f"select {day} from {table} group by {day} having count() >= {MANY_ROWS}"
        columns = f"* replace (if({day} in ({many}), {day}, 0) as own_partition)"
    session.run(f"create or replace table {new} as {table}\n{engine}")
    session.run(f"insert into {new}\nselect {columns} from {table}")
    session.run(f"exchange tables {table} and {new}")
    session.run(f"drop table {new} sync")
