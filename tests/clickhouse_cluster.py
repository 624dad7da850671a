"""Two ClickHouse servers on the loopback as the shards of a cluster, which talk to each other by the native protocol.

What this build of the server lacks is the port of replicas and the queue of ON CLUSTER. So what a cluster would do with such a
statement is done here: it runs on one node after the other, its replicated tables as plain ones. What stands everywhere therefore
has rows on the first node only, as if the other replica lagged for ever: whoever asks the wrong node gets a wrong answer.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.clickhouse_server import Server
from tests.ports import free_port
from wrapped_assets.resources.clickhouse.session import Session, Values

NAME = "two-shards"
ON_CLUSTER = f" on cluster '{NAME}'"
# Beside those that every warehouse needs. What docs/operations.md asks for besides belongs to what is not here.
RIGHTS = ("table engine on Distributed",)

_CONFIGURATION = """
<macros><shard>{shard}</shard><replica>a</replica></macros>
<zookeeper><implementation>testkeeper</implementation></zookeeper>
<remote_servers><{name}><secret>of the tests</secret>{shards}</{name}></remote_servers>
"""
_SHARD = """
<shard><internal_replication>true</internal_replication><replica><host>127.0.0.1</host><port>{port}</port></replica></shard>
"""
_PLACE = re.compile(r"(?:Replicated)?(\w*MergeTree)\('/wrapped/[^']*', '[^']*'(?:, )?")

# Whether somebody dies between two nodes of a statement, by its number (counted from 1) and its text.
Death = Callable[[int, str], bool]


class Died(Exception):
    """A statement reached one node and not the next."""


@dataclass
class Cluster:
    """Its nodes, and every statement that was for all of them."""

    nodes: list[Server]
    statements: list[str] = field(default_factory=list)
    death: Death | None = None

    def url(self, database: str = "wrapped") -> str:
        """The setting that names a database of this cluster."""
        return f"{self.nodes[0].url(database)}?cluster={NAME}"

    def grow(self, folder: Path) -> None:
        """One more shard: a server with nothing in it, which all of them know after a restart."""
        for node in self.nodes:
            node.stop()
        shard = len(self.nodes) + 1
        self.nodes.append(Server(folder / f"node{shard}", tcp_port=free_port(), more_rights=RIGHTS))
        shards = "".join(_SHARD.format(port=node.tcp_port) for node in self.nodes)
        for number, node in enumerate(self.nodes, start=1):
            node.configuration = _CONFIGURATION.format(shard=number, name=NAME, shards=shards)
            node.start()

    def run(self, session: Session, statement: str, values: Values | None, here: Any) -> None:
        """What a cluster does with a statement that a session wants done."""
        if ON_CLUSTER not in statement:
            here(session, statement, values)
            return
        self.statements.append(statement)
        if "system sync replica" in statement:
            return
        text = _PLACE.sub(r"\1(", statement.replace(ON_CLUSTER, ""))
        here(session, text, values)
        for node in self.nodes[1:]:
            if self.death and self.death(len(self.statements), statement):
                self.death = None
                raise Died(statement)
            self._there(node, session, text, values or {})

    def _there(self, node: Server, session: Session, text: str, values: Values) -> None:
        assert session.cluster
        settings = {"allow_replace_partition_from_empty_source": "1"}
        if "create database" not in text:
            settings["database"] = session.cluster.database
        node.ask(text, settings, **{name: str(value) for name, value in values.items()})


@contextmanager
def shards(folder: Path, number: int = 2) -> Iterator[Cluster]:
    """A cluster of so many servers over this folder, killed afterwards."""
    cluster, here = Cluster([]), Session.run
    try:
        for _ in range(number):
            cluster.grow(folder)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(
                Session, "run", lambda session, text, values=None: cluster.run(session, text, values, here)
            )
            yield cluster
    finally:
        for node in cluster.nodes:
            node.kill()
