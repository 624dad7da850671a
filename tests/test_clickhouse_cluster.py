"""A cluster of two shards holds what DuckDB holds, whatever dies and whoever joins. What these cannot show stands in decision 0010."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import uuid4

import pytest

from tests import worlds
from tests.clickhouse_cluster import NAME, ON_CLUSTER, Cluster, Died, shards
from tests.examples import first
from tests.landing_files import LandingFile, files_of, operation, organization, reading, request
from tests.pipeline import YEARS, Pipeline, differs_from_oracle
from tests.served import Served
from tests.test_killed import AFTER, BEFORE, FILES
from wrapped_assets.resources.clickhouse import ClickHouseWriter
from wrapped_assets.resources.clickhouse import cluster as layout
from wrapped_assets.resources.clickhouse.partitions import staged
from wrapped_assets.resources.clickhouse.schema import statements
from wrapped_assets.resources.errors import ClusterIncomplete, MadeOtherwise, WarehouseRefused

pytestmark = pytest.mark.clickhouse_server

# Its engine and keys, as system.tables has them.
RAW_STORAGE = (
    "ReplicatedMergeTree",
    "(toYYYYMM(timestamp), own_partition)",
    "organization_id, timestamp, datasource_id",
)
ORGANIZATIONS = [f"org-{number}" for number in range(1, 9)]


@pytest.fixture
def cluster(tmp_path: Path, clickhouse_library: None) -> Iterator[Cluster]:
    """Two servers with nothing in them."""
    with shards(tmp_path / "cluster") as started:
        yield started


@pytest.mark.parametrize("seed", first(1, [11, 12, 13]))
def test_two_shards_hold_what_duckdb_holds_to_the_last_byte(
    cluster: Cluster, tmp_path: Path, seed: int
) -> None:
    """Every table and every document of a hostile world, every check, and the comparison with a rebuild."""
    files = list({file.key: file for file in worlds.make_world(seed=seed, size=25)}.values())
    embedded, sharded = Pipeline(tmp_path), Served(tmp_path, url=cluster.url())
    embedded.build(*files)
    sharded.build()
    with embedded.open() as run:
        tables = {name: rows for name, rows in run.tables().items() if not name.startswith("yearly.")}
        documents = [run.documents(year) for year in YEARS]
        broken = [run.broken(year) for year in YEARS]
    with sharded.open() as run:
        assert run.tables() == tables
        assert [run.documents(year) for year in YEARS] == documents
        assert [run.broken(year) for year in YEARS] == broken
        assert run.differences() == []
        run.follow(full=True)
        assert run.tables() == tables


def test_a_customer_on_two_shards_is_one_customer(cluster: Cluster, tmp_path: Path) -> None:
    """Each organization lies on one shard, in every table; the document of their customer counts all of them."""
    pipeline = Served(tmp_path, url=cluster.url())
    files = of_one_customer(ORGANIZATIONS)
    pipeline.build(*files)
    with pipeline.open() as run:
        assert differs_from_oracle(run, files) == {}
        ((facts),) = run.writer.facts(2025)
        assert facts["requests"] == len(ORGANIZATIONS)
    for table in sorted(name for name, subject in layout.SHARDED.items() if subject == "organization_id"):
        here, there = (organizations_on(cluster, node, table) for node in range(2))
        assert here and there and not here & there and here | there == set(ORGANIZATIONS), table


def test_what_lands_later_is_merged_on_each_shard(cluster: Cluster, tmp_path: Path) -> None:
    """Late rows, a changed object, a new owner and a new name, after a first build."""
    pipeline = Served(tmp_path, url=cluster.url())
    pipeline.build(*BEFORE)
    pipeline.build(*AFTER)
    with pipeline.open() as run:
        assert differs_from_oracle(run, FILES) == {}
        assert run.differences() == []


def test_whoever_dies_between_two_shards_is_made_good_by_running_again(
    cluster: Cluster, tmp_path: Path
) -> None:
    """Staging, a swap or a clean-up that reached one shard and not the other, each kind in turn."""
    pipeline = Served(tmp_path, url=cluster.url())
    pipeline.build(*BEFORE)
    pipeline.land(*AFTER)
    died = []
    for table in ("raw_pipe_stats", "hourly_pipe_stats_days", "monthly_storage_sizes"):
        for words in (
            f"alter table {table}_local",
            f"create table staging_{table}_local",
            f"create table if not exists staging_{table} ",
            f"drop table if exists staging_{table} ",
            f"drop table if exists staging_{table}_local",
        ):
            cluster.death = lambda number, statement, words=words: words in statement
            with pipeline.open() as run:
                try:
                    run.follow(full=words.startswith("drop"))
                except Died as death:
                    died.append(str(death))
            cluster.death = None
    assert len(died) > 10
    pipeline.build()
    with pipeline.open() as run:
        assert differs_from_oracle(run, FILES) == {}
        assert run.differences() == []


def test_an_insert_that_a_killed_run_left_behind_never_reaches_a_new_staging_table(
    cluster: Cluster, tmp_path: Path
) -> None:
    """It goes on in the server; the next run waits for it, and begins with nothing staged."""
    left_behind = """
        insert into wrapped.staging_raw_storage (organization_id)
        select toString(number + sleepEachRow(0.5)) from numbers(8)
        settings max_block_size = 1, max_threads = 1, distributed_foreground_insert = 1"""
    with Served(tmp_path, url=cluster.url()).open() as run, ThreadPoolExecutor() as killed:
        assert isinstance(run.writer, ClickHouseWriter)
        with staged(run.writer.session, "raw_storage"):
            insert = killed.submit(cluster.nodes[0].ask, left_behind)
            while (
                cluster.nodes[0].ask("select count() from system.processes where query like '%sleepEachRow%'")
                == "1\n"
            ):
                assert not insert.done()
            with staged(run.writer.session, "raw_storage"):
                insert.result(timeout=60)
                assert run.writer.session.value("select count() from staging_raw_storage") == 0


def test_a_shard_that_is_away_is_an_error_and_nothing_is_lost(cluster: Cluster, tmp_path: Path) -> None:
    """Killed before late rows are merged: the run fails in words; once the shard is back it goes on."""
    pipeline = Served(tmp_path, url=cluster.url())
    pipeline.build(*BEFORE)
    pipeline.land(*AFTER)
    cluster.nodes[1].kill()
    with (
        pytest.raises(ClusterIncomplete, match="a part of its cluster does not answer"),
        pipeline.open() as run,
    ):
        run.follow()
    cluster.nodes[1].start()
    with pipeline.open() as run:
        run.follow()
        assert differs_from_oracle(run, FILES) == {}


def test_a_shard_can_be_added(clickhouse_library: None, tmp_path: Path) -> None:
    """By the steps of docs/operations.md. Old partitions stay where they are until something in them changes."""
    with shards(tmp_path / "cluster", number=1) as cluster:
        pipeline = Served(tmp_path, url=cluster.url())
        before, after = of_one_customer(ORGANIZATIONS), of_one_customer(ORGANIZATIONS, day="2025-03-02")
        late = of_one_customer(ORGANIZATIONS, id="late")
        pipeline.build(*before)
        landed = [*before]
        cluster.grow(tmp_path / "cluster")
        cluster.nodes[1].ask("create database wrapped")
        cluster.nodes[0].ask("truncate table wrapped.schema_migrations")
        for files in (after, late):
            pipeline.build(*files)
            landed += files
            with pipeline.open() as run:
                assert differs_from_oracle(run, landed) == {}
        with pipeline.open() as run:
            assert differs_from_oracle(run, landed) == {}
            assert run.differences() == []
            run.follow(full=True)
            assert differs_from_oracle(run, landed) == {}
        assert organizations_on(cluster, 1, "raw_pipe_stats")


def test_replicated_tables_are_accepted_as_they_are_written(cluster: Cluster) -> None:
    """Engine, path, name and macros of each: only that they are kept in step cannot be seen here."""
    node, made = cluster.nodes[0], layout.Cluster(NAME, "replicated")
    node.ask("create database replicated")
    for statement in statements().values():
        for text in made.made(statement):
            node.ask(text.replace(ON_CLUSTER, ""), {"database": "replicated"})
    (staging,) = (text for text in made.staged("raw_storage", *RAW_STORAGE) if "create table staging" in text)
    # ON CLUSTER gives all nodes one UUID.
    one_for_all = f"staging_raw_storage_local uuid '{uuid4()}' as"
    node.ask(
        staging.replace(f"staging_raw_storage_local{ON_CLUSTER} as", one_for_all), {"database": "replicated"}
    )
    replicas = node.ask(
        "select table, zookeeper_path, replica_name from system.replicas where database = 'replicated' order by all"
    )
    found = {line.split("\t")[0]: line.split("\t")[1:] for line in replicas.splitlines()}
    assert found["raw_pipe_stats_local"] == [f"/wrapped/{NAME}/replicated/raw_pipe_stats_local/1", "a"]
    assert found["landing_ledger"] == [f"/wrapped/{NAME}/replicated/landing_ledger", "1-a"]
    assert {f"{table}_local" for table in layout.SHARDED} < found.keys()
    assert (
        node.ask("select count() from system.tables where database = 'replicated' and engine = 'MergeTree'")
        == "0\n"
    )


def test_tables_of_one_server_are_not_taken_for_those_of_a_cluster(cluster: Cluster, tmp_path: Path) -> None:
    """Nor the other way round."""
    for made, opened in (
        (cluster.url("wrapped_a"), "wrapped_a"),
        (cluster.nodes[0].url("wrapped_b"), "wrapped_b"),
    ):
        Served(tmp_path, url=made).build()
        other = cluster.nodes[0].url(opened) if "cluster" in made else cluster.url(opened)
        for opening in (
            Served(tmp_path, url=other).clickhouse.reading,
            Served(tmp_path, url=other).clickhouse.writing,
        ):
            with pytest.raises(MadeOtherwise, match="Next: in WRAPPED_WAREHOUSE_URL"), opening():
                pass


def test_a_cluster_that_the_server_does_not_know_or_cannot_serve_is_refused_in_words(
    cluster: Cluster, tmp_path: Path
) -> None:
    """With what to look at."""
    unknown = cluster.url().replace(NAME, "nobody")
    with (
        pytest.raises(
            WarehouseRefused,
            match=r"select cluster from system.clusters|docs/operations.md says under A cluster",
        ),
        Served(tmp_path, url=unknown).clickhouse.writing(),
    ):
        pass


def of_one_customer(
    organizations: list[str], day: str = "2025-03-01", id: str = "first"
) -> list[LandingFile]:
    """A request, an operation and a reading of each, all owned by one customer."""
    return files_of(
        *(
            make(name, at=f"{day}T10:00:00", id=id)
            for make in (request, operation, reading)
            for name in organizations
        ),
        *(organization(name, customer_id="one", name="One") for name in organizations),
        name=f"{day}-{id}",
    )


def organizations_on(cluster: Cluster, node: int, table: str) -> set[str]:
    """Whose rows of a table one node holds."""
    return set(cluster.nodes[node].ask(f"select distinct organization_id from wrapped.{table}_local").split())
