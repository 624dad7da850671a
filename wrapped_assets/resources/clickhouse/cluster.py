"""Where the tables of a warehouse lie on a cluster, and the statements that put them there. Without one nothing here is used.

Two kinds of tables:

- **Sharded** by subject: what has rows for events, so landing, raw and the rollups of the families. `raw_pipe_stats_local` is a
  replicated table of each shard, `raw_pipe_stats` the Distributed table over them, which is read and inserted into.
- **Everywhere**: all else (ledger, marks, names, identities, editions, summaries), a thousand times smaller. Each is one replicated table with
  a replica on every node, under its own name: whatever only asks these is answered by the node of the session alone.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from wrapped_assets.periods import LEVELS
from wrapped_assets.products import FAMILIES
from wrapped_assets.resources.clickhouse import sql

SHARDED: dict[str, str] = {
    table: family.subject
    for family in FAMILIES.values()
    for table in (
        f"landing_{family.name}",
        f"raw_{family.name}",
        *(f"{level.name}_{family.table(rollup)}" for level in LEVELS.values() for rollup in family.at(level)),
    )
}
"""The sharded tables, each with the column that says on which shard a row is."""

_MAKES = re.compile(r"^(create (?:table|view) if not exists) (\w+)", re.MULTILINE)
_ENGINE = re.compile(r"^engine = (\w*MergeTree)(?:\((.*)\))?$", re.MULTILINE)


def local(table: str) -> str:
    """What a table is called on each node that holds rows of it."""
    return f"{table}_local" if table in SHARDED else table


@dataclass(frozen=True)
class Cluster:
    """A cluster of the server's `remote_servers`, and the database that is used on each of its nodes."""

    name: str
    database: str

    @property
    def on(self) -> str:
        """The clause that has every node run a statement."""
        return f" on cluster '{self.name}'"

    def made(self, statement: str) -> Iterator[str]:
        """What a `create` is on a cluster: its own text with another engine, and a Distributed table over a sharded one."""
        ((verb, table),) = _MAKES.findall(statement)
        text = _MAKES.sub(f"{verb} {local(table)}{self.on}", statement, count=1)
        yield _ENGINE.sub(lambda engine: self._replicated(table, engine[1], engine[2]), text)
        if table in SHARDED:
            yield self._distributed(table, table)

    def staged(self, table: str, engine: str, partition_key: str, sorting_key: str) -> Iterator[str]:
        """An empty staging table beside one that has this engine and these keys, whatever a killed run left of another."""
        parts = {
            "table": local(table),
            "partition_by": f"partition by {partition_key}\n" if partition_key else "",
            # Of one column as of several it must be spelled as the table's own, or nothing can be swapped.
            "sorting_key": f"({sorting_key})" if "," in sorting_key else sorting_key,
        }
        staging = sql.staging(table)
        if table not in SHARDED:
            yield sql.render("cluster/stage_here", staging=staging, **parts)
            return
        yield from self.unstaged(table)
        yield sql.render(
            "cluster/stage_on_shards", staging=f"{staging}_local", on_cluster=self.on, engine=engine, **parts
        )
        yield self._distributed(staging, table)

    def unstaged(self, table: str) -> Iterator[str]:
        """No staging table. The Distributed one goes first: a killed run's insert that still goes on is waited for here."""
        staging = sql.staging(table)
        if table not in SHARDED:
            yield sql.render("partitions/drop", staging=staging)
            return
        for name in (staging, f"{staging}_local"):
            yield sql.render("cluster/drop", staging=name, on_cluster=self.on)

    def swapped(self, table: str, commands: str) -> Iterator[str]:
        """The swap of partitions on every shard, after each replica that may carry it out has all that was staged."""
        yield sql.render("cluster/wait", staging=f"{sql.staging(table)}_local", on_cluster=self.on)
        yield f"alter table {local(table)}{self.on} {commands}"

    def _distributed(self, table: str, sharded: str) -> str:
        """Over the shards' tables of this name, sharded as a declared one."""
        return sql.render(
            "cluster/distributed",
            table=table,
            like=local(sharded),
            subject=SHARDED[sharded],
            on_cluster=self.on,
            cluster=self.name,
            database=self.database,
        )

    def _replicated(self, table: str, engine: str, arguments: str | None) -> str:
        # A table that stands everywhere is one for all shards, so its replicas are named by their shard too.
        place, replica = (
            ("{table}/{shard}", "{replica}") if table in SHARDED else ("{table}", "{shard}-{replica}")
        )
        keeper = f"'/wrapped/{self.name}/{{database}}/{place}', '{replica}'"
        return f"engine = Replicated{engine}({', '.join(filter(None, (keeper, arguments)))})"
