"""Talking to an open ClickHouse: statements with bound values, rows in and out."""

import json
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from io import BytesIO
from queue import SimpleQueue
from typing import Any

import pyarrow as pa
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import ClickHouseError
from clickhouse_connect.driver.query import QueryResult
from urllib3.exceptions import HTTPError

from wrapped_assets.resources.clickhouse import troubles
from wrapped_assets.resources.clickhouse.cluster import Cluster
from wrapped_assets.resources.errors import WarehouseLost

Values = Mapping[str, Any]

# Rows of a stream that go on their way at once: one block of an insert at the default memory limit, some 100 MB.
PIECE_ROWS = 250_000
# Pieces on their way while the next is made.
SENDERS = 2


class Session:
    """An open warehouse, on a cluster or not. Every statement says in `log_comment` for whom it works."""

    def __init__(
        self,
        client: Client,
        labels: Mapping[str, str],
        place: str,
        cluster: Cluster | None = None,
        another: Callable[[], Client] | None = None,
    ) -> None:
        """`another` opens one more client where one alone takes one statement at a time."""
        self.client, self.labels, self.place, self.cluster = client, labels, place, cluster
        self._another = another
        self._label(client)

    def rows(self, statement: str, values: Values | None = None) -> list[tuple[Any, ...]]:
        """The answer to a question."""
        return [tuple(row) for row in self._ask(statement, values).result_rows]

    def dicts(self, statement: str, values: Values | None = None) -> list[dict[str, Any]]:
        """The answer to a question, by column name."""
        found = self._ask(statement, values)
        return [dict(zip(found.column_names, row, strict=True)) for row in found.result_rows]

    def value(self, statement: str, values: Values | None = None) -> Any:
        """The answer that is one value."""
        ((found,),) = self.rows(statement, values)
        return found

    def batches(self, statement: str, values: Values | None = None) -> Iterator[pa.RecordBatch]:
        """The answer to a question as Arrow batches, as they come; none when it has no rows. Int128 has no type there."""
        with (
            self._troubles(),
            self.client.query_arrow_stream(statement, parameters=dict(values or {})) as stream,
        ):
            try:
                for batch in stream:
                    if batch.num_rows:
                        yield batch
            except (HTTPError, pa.ArrowException, OSError) as error:
                # The driver translates what happens before the first byte of an answer only.
                raise WarehouseLost(self.place, troubles.seen(error)) from error

    def run(self, statement: str, values: Values | None = None) -> None:
        """Do something that has no answer."""
        with self._troubles():
            self.client.command(statement, parameters=dict(values or {}))

    def insert(self, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Add rows by column name, as one block: all of them are there or none.

        The client sends a block again when its answer was lost, so this is for tables to which the same rows twice say
        no more than once. For others there is `stream`, which sends nothing twice.
        """
        if rows:
            columns = list(rows[0])
            values = [[row[name] for name in columns] for row in rows]
            with self._troubles():
                self.client.insert(table, values, column_names=columns)

    def stream(self, table: str, batches: Iterable[pa.RecordBatch]) -> None:
        """Add any number of rows, a few pieces of bounded size in memory. When one piece fails, others may be there."""
        with self._senders() as free, ThreadPoolExecutor(SENDERS) as pool:
            under_way: deque[Future[None]] = deque()
            for piece in _pieces(batches):
                if len(under_way) == SENDERS:
                    under_way.popleft().result()
                under_way.append(pool.submit(self._send, free, table, piece))
            for sent in under_way:
                sent.result()

    @contextmanager
    def _senders(self) -> Iterator["SimpleQueue[Client]"]:
        """Clients that send side by side: the pooled one of a server several times, others of chDB."""
        opened = [self._another() for _ in range(SENDERS - 1)] if self._another else []
        free: SimpleQueue[Client] = SimpleQueue()
        for client in [self.client, *(opened or [self.client] * (SENDERS - 1))]:
            free.put(client)
        try:
            for client in opened:
                client.database = self.client.database
                self._label(client)
            yield free
        finally:
            for client in opened:
                with suppress(ClickHouseError):
                    client.close()

    def _send(self, free: "SimpleQueue[Client]", table: str, piece: Sequence[pa.RecordBatch]) -> None:
        client, names = free.get(), piece[0].schema.names
        try:
            with self._troubles():
                client.raw_insert(
                    table,
                    column_names=names,
                    insert_block=_arrow_stream(piece),
                    fmt="ArrowStream",
                    compression=None,
                )
        finally:
            free.put(client)

    def _label(self, client: Client) -> None:
        if self.labels:
            client.set_client_setting("log_comment", json.dumps(self.labels, sort_keys=True))

    def _ask(self, statement: str, values: Values | None) -> QueryResult:
        with self._troubles():
            found = self.client.query(statement, parameters=dict(values or {}))
            # Only now is the last of it read.
            found.result_rows  # noqa: B018
            return found

    @contextmanager
    def _troubles(self) -> Iterator[None]:
        try:
            yield
        except ClickHouseError as error:
            if trouble := troubles.at_work(self.place, error, on_cluster=self.cluster is not None):
                raise trouble from error
            raise


def _pieces(batches: Iterable[pa.RecordBatch]) -> Iterator[list[pa.RecordBatch]]:
    piece: list[pa.RecordBatch] = []
    for batch in batches:
        piece.append(batch)
        if sum(each.num_rows for each in piece) >= PIECE_ROWS:
            yield piece
            piece = []
    if piece:
        yield piece


def _arrow_stream(piece: Sequence[pa.RecordBatch]) -> Generator[bytes, None, None]:
    """The bytes of a stream of batches, one at a time."""
    sink = BytesIO()
    with pa.ipc.new_stream(sink, piece[0].schema) as writer:
        for batch in piece:
            writer.write_batch(batch)
            yield sink.getvalue()
            sink.seek(0)
            sink.truncate()
    yield sink.getvalue()
