"""Two ClickHouse servers on the loopback as the two shards of a cluster, over the native protocol.

What this build of the server lacks is a replica's port and the queue of ON CLUSTER. So what a cluster would do with such a
statement is done here: it runs on both nodes, its replicated tables as plain ones. What stands on every node therefore has
rows on the first only, as if the other's replica lagged for ever: whoever asks the wrong node gets a wrong answer.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.clickhouse_server import Server
from tests.ports import free_port
from wrapped_assets.resources.clickhouse.session import Session, Values

NAME = "two-shards"
# Beside those that every warehouse needs.
RIGHTS = ("table engine on Distributed", "remote on *.*")

_CONFIGURATION = """
<macros><shard>{shard}</shard><replica>a</replica></macros>
<zookeeper><implementation>testkeeper</implementation></zookeeper>
<remote_servers><{name}><secret>of the tests</secret>{shards}</{name}></remote_servers>
"""
_SHARD = """
<shard><internal_replication>true</internal_replication><replica><host>127.0.0.1</host><port>{port}</port></replica></shard>
"""

_ON_CLUSTER = f" on cluster '{NAME}'"
_PLACE = re.compile(r"(?:Replicated)?(\w*MergeTree)\('/wrapped/[^']*', '[^']*'(?:, )?")


@dataclass
class TwoShards:
    """Both servers, and every statement that was for the cluster."""

    nodes: tuple[Server, Server]
    statements: list[str] = field(default_factory=list)

    def url(self, database: str = "wrapped") -> str:
        """The setting that names a database of this cluster."""
        return f"{self.nodes[0].url(database)}?cluster={NAME}"

    def run(self, session: Session, statement: str, values: Values | None, here: Any) -> None:
        """What a cluster does with a statement that a session wants done."""
        if _ON_CLUSTER not in statement:
            here(session, statement, values)
            return
        self.statements.append(statement)
        if "system sync replica" in statement:
            return
        text = _PLACE.sub(r"\1(", statement.replace(_ON_CLUSTER, ""))
        here(session, text, values)
        assert session.cluster
        database = {} if "create database" in text else {"database": session.cluster.database}
        settings = {"allow_replace_partition_from_empty_source": "1"}
        self.nodes[1].ask(text, settings | database, **{name: str(value) for name, value in (values or {}).items()})


@contextmanager
def two_shards(folder: Path) -> Iterator[TwoShards]:
    """A cluster of two servers over this folder, killed afterwards."""
    ports = [free_port() for _ in range(2)]
    shards = "".join(_SHARD.format(port=port) for port in ports)
    nodes = [
        Server(
            folder / f"node{shard}",
            tcp_port=port,
            configuration=_CONFIGURATION.format(shard=shard, name=NAME, shards=shards),
            more_rights=RIGHTS,
        )
        for shard, port in enumerate(ports, start=1)
    ]
    cluster = TwoShards((nodes[0], nodes[1]))
    try:
        for node in nodes:
            node.start()
        with pytest.MonkeyPatch.context() as patch:
            here = Session.run
            patch.setattr(
                Session, "run", lambda session, text, values=None: cluster.run(session, text, values, here)
            )
            yield cluster
    finally:
        for node in nodes:
            node.kill()
