"""Answers of ClickHouse as DuckDB reads them: rows stream from one engine into the other."""

from collections.abc import Generator, Iterator, Mapping
from contextlib import closing, contextmanager
from itertools import chain
from typing import Any

import duckdb
import pyarrow as pa

from wrapped_assets.resources.clickhouse.session import Session


@contextmanager
def answered(
    session: Session, con: duckdb.DuckDBPyConnection, statement: str, values: Mapping[str, Any] | None = None
) -> Iterator[bool]:
    """Have the answer to a question stand as `answer` in DuckDB, to be read once; whether it has rows."""
    failed: list[Exception] = []
    # A stream that is left open would be in the way of chDB's next statement.
    with closing(_noting(session.batches(statement, values), failed)) as batches:
        first = next(batches, None)
        if first is not None:
            con.register("answer", pa.RecordBatchReader.from_batches(first.schema, chain([first], batches)))
        try:
            yield first is not None
        except duckdb.Error:
            # DuckDB raises an error of its own when the rows stop in the middle.
            if failed:
                raise failed[0] from None
            raise


def _noting(
    batches: Iterator[pa.RecordBatch], failed: list[Exception]
) -> Generator[pa.RecordBatch, None, None]:
    try:
        yield from batches
    except Exception as error:
        failed.append(error)
        raise
