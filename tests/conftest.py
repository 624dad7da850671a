"""Fixtures that several test modules share."""

import functools
import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import pytest

if TYPE_CHECKING:
    from tests.clickhouse_server import Server
    from tests.databases import PostgreSQL, Redis
    from tests.object_stores import ObjectStore
    from tests.pipeline import Pipeline

T = TypeVar("T")


@pytest.fixture(params=["duckdb", pytest.param("clickhouse", marks=pytest.mark.clickhouse)])
def engine(request: pytest.FixtureRequest) -> str:
    """Each engine in turn: whoever asks for a pipeline proves its promise on both."""
    if request.param == "clickhouse" and (reason := request.node.get_closest_marker("duckdb")):
        pytest.skip(f"about DuckDB: {reason.args[0]}")
    return str(request.param)


@pytest.fixture
def pipeline(tmp_path: Path, engine: str) -> "Pipeline":
    """An empty landing folder and a warehouse that nothing has been built in."""
    # Imported late: pytest keeps this module to the very end, and DuckDB then complains of leaks.
    from tests.pipeline import Pipeline

    return Pipeline(tmp_path, engine=engine)


@pytest.fixture(scope="session")
def clickhouse_library() -> None:
    """Skips where no ClickHouse server can be had; under `make test-all` that is a failure."""
    from tests.clickhouse_server import REQUIRED, NotToBeHad, library

    try:
        library()
    except NotToBeHad as reason:
        if os.environ.get(REQUIRED):
            pytest.fail(str(reason))
        pytest.skip(str(reason))


@pytest.fixture
def server(tmp_path: Path, clickhouse_library: None) -> "Iterator[Server]":
    """A listening ClickHouse server with nothing in it."""
    from tests.served import serving

    with serving(tmp_path / "server") as started:
        yield started


@pytest.fixture(scope="session")
def postgresql() -> "Iterator[PostgreSQL]":
    """A PostgreSQL for the whole session; skips where there is none, except where servers are required."""
    from tests import databases

    yield from _served(databases.postgresql())


@pytest.fixture
def redis_server() -> "Iterator[Redis]":
    """An empty Redis; skips where there is none, except where servers are required."""
    from tests import databases

    yield from _served(databases.redis_server())


@pytest.fixture(scope="module")
def started_store() -> "Iterator[Callable[[str], ObjectStore]]":
    """Gives the S3 server of a name, started when it is first asked for; skips as the databases do."""
    from tests import object_stores

    with ExitStack() as running:
        start = functools.cache(
            lambda name: running.enter_context(contextmanager(_served)(object_stores.STARTED[name]()))
        )
        yield start


@pytest.fixture(params=[pytest.param(name, marks=pytest.mark.proof) for name in ("moto", "seaweedfs")])
def object_store(
    request: pytest.FixtureRequest, started_store: "Callable[[str], ObjectStore]"
) -> "ObjectStore":
    """Each S3 server in turn."""
    return started_store(request.param)


def _served(server: "AbstractContextManager[T]") -> "Iterator[T]":
    from tests.databases import REQUIRED, NotToBeHad

    try:
        with server as started:
            yield started
    except NotToBeHad as reason:
        if os.environ.get(REQUIRED):
            pytest.fail(str(reason))
        pytest.skip(str(reason))


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.proof)])
def registry_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Each database in turn, empty: whoever asks for it proves its promise on both."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'a folder' / 'registry.db'}"
    server: PostgreSQL = request.getfixturevalue("postgresql")
    return server.url()
