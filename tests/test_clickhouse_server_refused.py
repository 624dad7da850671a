"""What a user is told when the ClickHouse server cannot be had or says no: the setting to look at, and never a secret."""

import socket
import traceback
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from tests.clickhouse_server import PASSWORD, READERS, USER, Server
from tests.landing_files import files_of, request
from tests.ports import free_port
from tests.served import Served, serving
from tests.wire import wired
from wrapped_assets.resources.clickhouse import connection
from wrapped_assets.resources.errors import (
    WarehouseError,
    WarehouseLost,
    WarehouseMissing,
    WarehouseRefused,
    WarehouseUnreachable,
)

pytestmark = pytest.mark.clickhouse_server


def told(pipeline: Served, error: type[WarehouseError], *words: str) -> None:
    """Reading and writing are refused so, in these words, and nothing of it holds the password."""
    for opening in (pipeline.warehouse.reading, pipeline.warehouse.writing):
        with pytest.raises(error) as refused, opening():
            pass
        for word in ("WRAPPED_WAREHOUSE_URL", *words):
            assert word in str(refused.value)
        assert no_secret("".join(traceback.format_exception(refused.value)))


def no_secret(text: str) -> bool:
    """Whether the password is not in it, neither plain nor as the URL has it."""
    return PASSWORD not in text and "s%3Acr%2Fet" not in text and "s:cr/et" not in text


@contextmanager
def silent() -> Iterator[int]:
    """A port that takes connections and never says anything."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening.getsockname()[1]


@contextmanager
def full() -> Iterator[int]:
    """A port whose queue is full: a connection is not even taken, as by a host that drops every packet."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(0)
        waiting = []
        for _ in range(3):
            caller = socket.socket()
            caller.setblocking(False)
            caller.connect_ex(listening.getsockname())
            waiting.append(caller)
        yield listening.getsockname()[1]
        for caller in waiting:
            caller.close()


def test_a_wrong_password_is_refused_with_the_setting_to_look_at(server: Server, tmp_path: Path) -> None:
    """Nor does the wrong one appear anywhere."""
    wrong = Served(tmp_path, url=server.url(password="s:cr/et-but-wrong"))
    told(wrong, WarehouseRefused, "check the user and the password", "Authentication failed")


def test_a_database_that_is_not_there_is_missing_to_a_reader_and_made_by_a_writer(
    server: Server, tmp_path: Path
) -> None:
    """As a file or a folder would be."""
    pipeline = Served(tmp_path, url=server.url("wrapped_new"))
    with (
        pytest.raises(WarehouseMissing, match=f"clickhouse://{USER}@127.0.0.1:{server.port}/wrapped_new"),
        pipeline.warehouse.reading(),
    ):
        pass
    pipeline.build(*files_of(request()))
    with pipeline.warehouse.reading() as reader:
        assert reader.editions() == [2025]


def test_a_user_without_the_rights_is_told_where_they_are_listed(
    tmp_path: Path, clickhouse_library: None
) -> None:
    """A database that this user may not make."""
    with serving(tmp_path / "server", databases="another") as server:
        pipeline = Served(tmp_path, url=server.url())
        with pytest.raises(
            WarehouseRefused, match=r"privileges.*\n.*rights that docs/operations.md lists"
        ) as refused:
            pipeline.build()
        assert "WRAPPED_WAREHOUSE_URL" in str(refused.value) and no_secret(str(refused.value))


@pytest.mark.parametrize("reader", READERS)
def test_a_user_who_may_only_read_is_no_user_for_a_warehouse(
    server: Server, tmp_path: Path, reader: str
) -> None:
    """A regional database named as the warehouse, say: the error says which setting, and what the user must be given."""
    server.ask("create database logs")
    pipeline = Served(tmp_path, url=server.region(user=reader))
    with (
        pytest.raises(WarehouseRefused, match="rights that docs/operations.md lists") as refused,
        pipeline.warehouse.writing(),
    ):
        pass
    assert "WRAPPED_WAREHOUSE_URL" in str(refused.value) and no_secret(str(refused.value))


def test_a_server_that_is_down_is_told_from_one_that_refuses(server: Server, tmp_path: Path) -> None:
    """Nobody listens there."""
    told(Served(tmp_path, url=server.url(port=free_port())), WarehouseUnreachable, "Connection refused")


@pytest.mark.parametrize("port", [silent, full])
def test_a_host_that_says_nothing_is_given_up_after_a_bounded_time(
    server: Server,
    tmp_path: Path,
    port: Callable[[], AbstractContextManager[int]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It takes the connection and is silent, or does not even take it."""
    monkeypatch.setattr(connection, "CONNECT_SECONDS", 1)
    monkeypatch.setattr(connection, "ANSWER_SECONDS", 1)
    with port() as number:
        told(Served(tmp_path, url=server.url(port=number)), WarehouseUnreachable, "timed out")


def test_a_statement_that_takes_too_long_is_given_up(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server works on and on; the user is told that it fell silent."""
    monkeypatch.setattr(connection, "ANSWER_SECONDS", 1)
    pipeline = Served(tmp_path, url=server.url())
    with pipeline.open() as run, pytest.raises(WarehouseLost, match="timed out") as lost:
        run.writer.session.run("select sleep(3)")  # type: ignore[attr-defined]
    assert no_secret(str(lost.value))


def test_what_does_not_fit_into_memory_says_which_setting_to_lower(server: Server, tmp_path: Path) -> None:
    """The statement has a limit of its own; the server goes on."""
    pipeline = Served(tmp_path, url=server.url())
    with pipeline.open() as run, pytest.raises(WarehouseRefused, match="WRAPPED_MEMORY_LIMIT"):
        run.writer.session.value(  # type: ignore[attr-defined]
            "select uniqExact(number) from numbers(100000000) settings max_memory_usage = 1000000"
        )


def test_a_port_of_another_protocol_is_told_with_its_answer(tmp_path: Path, server: Server) -> None:
    """Of a server without TLS, asked with TLS; a line in front of it, for this build may abort at what is no HTTP."""
    with wired(server) as wire:
        url = server.url(port=wire.port).replace("clickhouse://", "clickhouses://")
        told(Served(tmp_path, url=url), WarehouseUnreachable, "SSL")
