"""Opening a ClickHouse: a pooled client with bounded waits, or the engine inside this process."""

import os
import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import clickhouse_connect
from clickhouse_connect import common
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import ClickHouseError, DatabaseError, ProgrammingError

from wrapped_assets.resources.clickhouse import troubles
from wrapped_assets.resources.clickhouse.cluster import Cluster
from wrapped_assets.resources.clickhouse.session import Session
from wrapped_assets.resources.errors import FolderUnusable, WarehouseBusy, WarehouseMissing
from wrapped_assets.settings.address import CHDB_DATABASE, Address

# A session id would make the server refuse two questions at once; nothing here needs one.
common.set_setting("autogenerate_session_id", False)

_INSTALL = "`pip install '.[clickhouse]'` in the project, or name a server: clickhouse://."
_WRITABLE = "check that WRAPPED_WAREHOUSE_URL names a folder that this user may write, on a disk with room."
_OF_ITS_OWN = "name a folder of its own in WRAPPED_WAREHOUSE_URL, one that is empty or not there yet."
ONE_PROCESS = "chDB lets one process at a time open a folder"
CONNECT_SECONDS = 10
# A statement that says nothing for so long is given up.
ANSWER_SECONDS = 900


# The memory limit is divided by this for the rows of a written block. With fewer bytes a row an import exceeds a limit of 300 MB; with these only one of 200 MB.
ROW_BYTES = 8_000

_UNITS = {"MB": 10**6, "GB": 10**9, "MiB": 2**20, "GiB": 2**30}


@dataclass(frozen=True)
class Limits:
    """What one statement may use before it spills to disk: a memory limit such as `2GB`, and threads."""

    memory_limit: str = "2GB"
    threads: int | None = None

    def settings(self) -> dict[str, Any]:
        """The settings in ClickHouse's words."""
        number, unit = re.fullmatch(r"([\d.]+)\s*(\w+)", self.memory_limit).groups()  # type: ignore[union-attr]
        memory = int(float(number) * _UNITS[unit])
        settings: dict[str, Any] = {
            "max_memory_usage": memory,
            "max_bytes_before_external_group_by": memory // 3,
            "max_bytes_before_external_sort": memory // 3,
            # Each thread that writes holds a block of rows several times: as they came, converted, sorted.
            "max_insert_threads": max(memory // 10**9, 1),
            "min_insert_block_size_rows": memory // ROW_BYTES,
            # Gathers whole columns of every part that a sort reads in the table's order, whatever the limit.
            "read_in_order_use_buffering": 0,
        }
        return settings | ({"max_threads": self.threads} if self.threads else {})


# The words that statements are written in: dates beyond 2149, a column before its alias, nulls where a join found nothing.
_DIALECT: dict[str, Any] = {
    "enable_extended_results_for_datetime_functions": 1,
    "prefer_column_name_to_alias": 1,
    "join_use_nulls": 1,
    "session_timezone": "UTC",
    # A year is hundreds of partitions, filled at once.
    "max_partitions_per_insert_block": 0,
    # No reader trusts a block to hold a row once; folding rows before they are written is half the price of an import (measured).
    "optimize_on_insert": 0,
    # Without it raw's `limit by` loses the day, is no prefix of the order any more, and holds every key of a chunk in memory.
    "optimize_limit_by_function_keys": 0,
}

# What makes the same statements right over shards and replicas; docs/decisions/0010 says why, for each kind of statement.
_ON_CLUSTER: dict[str, Any] = {
    # What a statement looks up beside a sharded table is asked once, here, and sent to the shards.
    "prefer_global_in_and_join": 1,
    # Rows are on their shard, and on most of its replicas, when an insert is answered; a read that cannot see them fails.
    "distributed_foreground_insert": 1,
    "async_insert": 0,
    "insert_quorum": "auto",
    "insert_quorum_parallel": 0,
    "select_sequential_consistency": 1,
    "load_balancing": "in_order",
    "fallback_to_stale_replicas_for_distributed_queries": 0,
    # A row's shard is chosen anew wherever it is written, so a shard may be added.
    "parallel_distributed_insert_select": 0,
    # A swap or DDL is done when every node has done it; one that did not is an error.
    "alter_sync": 2,
    "distributed_ddl_output_mode": "throw",
    "distributed_ddl_task_timeout": ANSWER_SECONDS - 60,
}
# Of a partition staged on one shard the others become empty. Older servers have no such setting: they always do so.
_IF_KNOWN: dict[str, Any] = {"allow_replace_partition_from_empty_source": 1}


@contextmanager
def connect(
    address: Address, limits: Limits, labels: Mapping[str, str], *, create: bool, patience: float
) -> Iterator[Session]:
    """A session with the warehouse at an address, closed whatever happens.

    With `create` its database is made when there is none; without, WarehouseMissing is raised then. Another process that
    has a chDB folder open is waited for up to `patience` seconds.
    """
    if address.scheme == "chdb" and not create and not Path(address.path).is_dir():
        raise WarehouseMissing(address.path)
    in_process = address.scheme == "chdb"
    client = _chdb(address, limits, patience) if in_process else _server(address, limits)
    try:
        cluster = Cluster(address.cluster, address.database) if address.cluster else None
        another = partial(_chdb_client, address, limits, patience) if in_process else None
        session = Session(client, labels, str(address), cluster, another)
        _enter_database(session, address, create)
        yield session
    finally:
        # What a statement left unsaid is not worth an error over the one that is on its way.
        with suppress(ClickHouseError):
            client.close()


_kept: list[list[Client]] = []


@contextmanager
def kept_open() -> Iterator[None]:
    """What chDB opens in here stays open to the end of it: it loads every part anew each time, a second for a year of days.

    A second client of the same folder shares the engine of the first, so one of them is left behind.
    """
    _kept.append([])
    try:
        yield
    finally:
        for client in _kept.pop():
            with suppress(ClickHouseError):
                client.close()


def _chdb(address: Address, limits: Limits, patience: float) -> Client:
    client = _chdb_client(address, limits, patience)
    if _kept and not _kept[-1]:
        _kept[-1].append(client)
        return _chdb_client(address, limits, patience)
    return client


def _chdb_client(address: Address, limits: Limits, patience: float) -> Client:
    deadline = time.monotonic() + patience
    _refuse_foreign_folder(Path(address.path))
    while True:
        try:
            return clickhouse_connect.get_client(
                interface="chdb", path=address.path, settings=limits.settings() | _DIALECT
            )
        except ImportError as error:
            raise FolderUnusable(address.path, "the package chdb is not installed.", _INSTALL) from error
        except (DatabaseError, ProgrammingError) as error:
            if not _is_locked(address, str(error)):
                said = str(error).partition(", Stack trace")[0]
                raise FolderUnusable(address.path, said, _WRITABLE) from error
            if time.monotonic() >= deadline:
                raise WarehouseBusy(address.path, "another process", ONE_PROCESS) from error
            time.sleep(0.05)


# What the engine leaves when it is killed before its first table, whose folder is "store".
_BEFORE_A_TABLE = {"data", "metadata", "status", "tmp"}


def _refuse_foreign_folder(folder: Path) -> None:
    """The engine would write among whatever lies there."""
    held = {each.name for each in folder.iterdir()} if folder.is_dir() else set()
    foreign = sorted(held - _BEFORE_A_TABLE)
    if foreign and "store" not in held:
        listed = ", ".join(foreign[:3])
        raise FolderUnusable(folder, f"the folder holds other things: {listed}.", _OF_ITS_OWN)


def _is_locked(address: Address, said: str) -> bool:
    """Whether another process has the folder open; newer engines say so on the standard error only, and leave the cause empty."""
    return "lock" in said.lower() or ("EmbeddedServer: ." in said and os.access(address.path, os.W_OK))


def _server(address: Address, limits: Limits) -> Client:
    on_cluster = _ON_CLUSTER if address.cluster else {}
    try:
        client = server_client(address, limits.settings() | _DIALECT | on_cluster | {"wait_end_of_query": 1})
    except ClickHouseError as error:
        raise troubles.at_the_door(str(address), error) from error
    for name in _IF_KNOWN.keys() & client.server_settings.keys() if address.cluster else ():
        client.set_client_setting(name, _IF_KNOWN[name])
    return client


def server_client(address: Address, settings: dict[str, Any]) -> Client:
    """A client of the server at an address; raises what the driver raises."""
    return clickhouse_connect.get_client(
        host=address.host,
        port=address.port,
        username=address.user,
        password=address.password,
        secure=address.scheme == "clickhouses",
        ca_cert=address.ca or None,
        connect_timeout=CONNECT_SECONDS,
        send_receive_timeout=ANSWER_SECONDS,
        # Of questions, and of blocks whose answer was lost, see Session.insert. No other statement is ever sent twice.
        query_retries=2,
        # Lists of partitions and ids do not fit a URL.
        form_encode_query_params=True,
        settings=settings,
    )


def _enter_database(session: Session, address: Address, create: bool) -> None:
    name = CHDB_DATABASE if address.scheme == "chdb" else address.database
    if not session.value("select count() from system.databases where name = {name:String}", {"name": name}):
        if not create:
            raise WarehouseMissing(str(address))
        on_cluster = session.cluster.on if session.cluster else ""
        session.run(f"create database if not exists {{name:Identifier}}{on_cluster}", {"name": name})
    session.client.database = name
