"""Talking to an open ClickHouse: statements with bound values, rows in and out."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import pyarrow as pa
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import ClickHouseError
from clickhouse_connect.driver.query import QueryResult

from wrapped_assets.resources.clickhouse import troubles
from wrapped_assets.resources.clickhouse.cluster import Cluster

Values = Mapping[str, Any]


class Session:
    """An open warehouse, on a cluster or not. Every statement says in `log_comment` for whom it works."""

    def __init__(
        self, client: Client, labels: Mapping[str, str], place: str, cluster: Cluster | None = None
    ) -> None:
        self.client, self.place, self.cluster = client, place, cluster
        if labels:
            client.set_client_setting("log_comment", json.dumps(labels, sort_keys=True))

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
            for batch in stream:
                if batch.num_rows:
                    yield batch

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
        """Add any number of rows, one batch at a time in memory."""
        chunks = _arrow_stream(batches)
        columns = next(chunks, None)
        if columns is not None:
            with self._troubles():
                self.client.raw_insert(
                    table, column_names=columns, insert_block=chunks, fmt="ArrowStream", compression=None
                )

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


def _arrow_stream(batches: Iterable[pa.RecordBatch]) -> Any:
    """The names of the columns, then the bytes of a stream of batches, as they come."""
    writer, sink = None, _Sink()
    for batch in batches:
        if writer is None:
            yield batch.schema.names
            writer = pa.ipc.new_stream(sink, batch.schema)
        writer.write_batch(batch)
        yield sink.take()
    if writer is not None:
        writer.close()
        yield sink.take()


class _Sink:
    """A file that gives away what was written to it."""

    closed = False

    def __init__(self) -> None:
        self._written: list[bytes] = []

    def write(self, data: Any) -> int:
        self._written.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing waits here."""

    def close(self) -> None:
        """Nothing is open here."""

    def take(self) -> bytes:
        """What was written since."""
        written, self._written = b"".join(self._written), []
        return written
