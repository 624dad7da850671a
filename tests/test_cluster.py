"""What a cluster's name in the URL makes of the statements, as text: nothing without it. That they work: test_clickhouse_cluster.py."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import clickhouse_connect
import pytest
from clickhouse_connect.driver.client import Client

from tests.test_golden import compare
from wrapped_assets.resources.clickhouse import connection, schema
from wrapped_assets.resources.clickhouse.cluster import SHARDED, Cluster
from wrapped_assets.resources.clickhouse.partitions import staged, swap, swap_whole
from wrapped_assets.resources.clickhouse.session import Session, Values
from wrapped_assets.settings.address import Address

CLUSTER = Cluster("prod", "wrapped")
# What system.tables says of them.
KEYS = {
    "raw_pipe_stats": (
        "ReplicatedMergeTree",
        "(toYYYYMM(start_datetime), own_partition)",
        "organization_id, start_datetime, request_id",
    ),
    "monthly_pipe_stats_durations": (
        "ReplicatedAggregatingMergeTree",
        "(toYear(month), own_partition)",
        "organization_id, month",
    ),
    "dimensions_organizations": ("ReplicatedMergeTree", "", "organization_id"),
}


class Written(Session):
    """A session that only writes down what it was to do."""

    def __init__(self, cluster: Cluster | None) -> None:
        super().__init__(cast(Client, None), {}, "nowhere", cluster)
        self.statements: list[str] = []

    def run(self, statement: str, values: Values | None = None) -> None:
        """Noted."""
        self.statements.append(statement.strip())

    def rows(self, statement: str, values: Values | None = None) -> list[tuple[Any, ...]]:
        """The tables' engines and keys, and that nothing was made yet."""
        if "sorting_key" in statement and values:
            return [KEYS[values["table"].removesuffix("_local")]]
        return (
            []
            if "engine" in statement or "partition_key" in statement
            else [(1 if "from staging" in statement else 0,)]
        )

    def insert(self, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Of no interest."""


def made(cluster: Cluster | None) -> list[str]:
    """The statements that make a warehouse."""
    session = Written(cluster)
    schema.prepare(session, "nowhere")
    return session.statements


def refreshed(cluster: Cluster | None) -> list[str]:
    """The statements that replace partitions of a table for each kind."""
    session = Written(cluster)
    with staged(session, "raw_pipe_stats", "monthly_pipe_stats_durations", "dimensions_organizations"):
        swap(session, "raw_pipe_stats", ["202503-0", "202503-20250302"], {"202503-0"})
        swap(session, "monthly_pipe_stats_durations", ["2025-0"], {"2025-0"})
        swap_whole(session, "dimensions_organizations")
    return session.statements


def test_without_a_cluster_every_statement_is_as_it_stands_in_its_file() -> None:
    """Nothing is replicated, distributed or on a cluster."""
    assert made(None) == [text.strip() for text in schema.statements().values()]
    assert refreshed(None) == [
        *(
            f"-- staging_{table}: an empty place to build partitions of {table} in.\ncreate or replace table staging_{table} as {table}"
            for table in ("raw_pipe_stats", "monthly_pipe_stats_durations", "dimensions_organizations")
        ),
        "alter table raw_pipe_stats replace partition id '202503-0' from staging_raw_pipe_stats, drop partition id '202503-20250302'",
        "alter table monthly_pipe_stats_durations replace partition id '2025-0' from staging_monthly_pipe_stats_durations",
        "alter table dimensions_organizations replace partition tuple() from staging_dimensions_organizations",
        *(
            f"-- Takes staging_{table} away; what was swapped in stays.\ndrop table if exists staging_{table} sync"
            for table in ("raw_pipe_stats", "monthly_pipe_stats_durations", "dimensions_organizations")
        ),
    ]
    for text in made(None) + refreshed(None):
        assert not re.search(r"on cluster|Replicated|Distributed|_local|sync replica", text)


def test_the_statements_for_a_cluster_are_as_they_were(request: pytest.FixtureRequest) -> None:
    """All that is made and swapped, without the headers; and the settings that every statement carries."""
    settings = [
        f"set {name} = {value!r};" for name, value in (connection._ON_CLUSTER | connection._IF_KNOWN).items()
    ]
    texts = [without_comments(text) + ";" for text in made(CLUSTER) + refreshed(CLUSTER)]

    compare("cluster.sql", "\n".join(settings) + "\n\n" + "\n\n".join(texts) + "\n", request)


def test_every_table_is_made_on_every_node() -> None:
    """A table each of the server's, on the cluster and replicated; over a sharded one a Distributed table."""
    tables = [text for text in made(CLUSTER) if "create table" in text]

    assert all(" on cluster 'prod'" in text for text in made(CLUSTER))
    assert all(re.search(r"^engine = (Replicated|Distributed)", text, re.MULTILINE) for text in tables)
    assert len(tables) == sum("create table" in text for text in made(None)) + len(SHARDED)
    assert sum("engine = Distributed('prod', 'wrapped'" in text for text in tables) == len(SHARDED) == 32


@pytest.mark.clickhouse
def test_every_statement_for_a_cluster_is_one_to_clickhouse(tmp_path: Path) -> None:
    """ClickHouse itself reads them; nothing is carried out."""
    client = clickhouse_connect.get_client(interface="chdb", path=str(tmp_path / "folder"))
    try:
        for text in made(CLUSTER) + refreshed(CLUSTER):
            assert client.query(f"explain ast {without_comments(text)}").result_rows, text
    finally:
        client.close()


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("clickhouse://u:p@h/wrapped?cluster=", "a cluster= that is not of"),
        ("clickhouse://u:p@h/wrapped?cluster=a'b", "a cluster= that is not of"),
        ("clickhouse://u:p@h/wrapped?cluster=a&cluster=b", "something else behind its ?"),
        ("clickhouse://u:p@h/wrapped?shard=1", "something else behind its ?"),
        ("clickhouse://u:p@h/wrapped?secure", "something else behind its ?"),
        ("clickhouse://u:p@h/a-b?cluster=c", "names a database"),
        ("clickhouse://u:p@h/wrapped?cluster=c&ca=/ca.pem", "has a ?ca="),
        ("chdb:///folder?cluster=c", "has something behind a ?, which is for servers"),
    ],
)
def test_what_is_no_cluster_in_a_url_is_refused(url: str, told: str) -> None:
    """Without the password."""
    with pytest.raises(ValueError, match=re.escape(told)) as refused:
        Address.parse(url)
    assert "p@h" not in str(refused.value)


def test_an_address_shows_its_cluster() -> None:
    """In Dagster and in errors; without one it is as it was."""
    with_cluster = Address.parse("clickhouse://u:secret@h/wrapped?cluster=prod-1.eu")

    assert (with_cluster.cluster, with_cluster.database) == ("prod-1.eu", "wrapped")
    assert str(with_cluster) == "clickhouse://u@h:8123/wrapped?cluster=prod-1.eu"
    assert str(Address.parse("clickhouse://u:secret@h/wrapped")) == "clickhouse://u@h:8123/wrapped"
    both = Address.parse("clickhouses://u:secret@h/wrapped?ca=/etc/a%26b.pem&cluster=prod")
    assert (both.cluster, both.ca) == ("prod", "/etc/a&b.pem")


def without_comments(text: str) -> str:
    """What a statement does, without what it says of itself."""
    return "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("--"))
