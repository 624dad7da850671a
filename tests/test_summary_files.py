"""Every customer's document in one stream: nothing is lost on the way, and only a piece of it is ever in memory."""

import csv
import datetime as dt
import json
from collections.abc import Sequence
from decimal import Decimal
from io import BytesIO, StringIO
from typing import Any, cast

import pyarrow.parquet as pq  # type: ignore[import-untyped, unused-ignore]

from tests import year_documents
from wrapped_assets.cli import summary_files
from wrapped_assets.cli.summary import Format
from wrapped_assets.product import Facts
from wrapped_assets.products.usage.document import STORIES, Summary
from wrapped_assets.resources.warehouse import Reader

DOCUMENTS = [year_documents.rich(), year_documents.idle(), year_documents.longest('say "hi", Zoë')]


def written(format: Format, documents: Sequence[Summary] = DOCUMENTS) -> BytesIO:
    """The stream, from pieces of one document."""
    sink = BytesIO()
    summary_files.write(format, ([each] for each in documents), sink)
    sink.seek(0)
    return sink


def test_ndjson_is_a_document_a_line() -> None:
    """Byte for byte as `--format json` prints one."""
    assert written(Format.ndjson).read() == b"".join(each.to_json() + b"\n" for each in DOCUMENTS)


def test_parquet_holds_every_field_exactly() -> None:
    """Integers past 64 bits, instants and dates as what they are, null where the document has null, lists as JSON."""
    rich, idle, longest = pq.read_table(written(Format.parquet)).to_pylist()

    assert (rich["requests_total"], rich["requests_p50_ms"]) == (DOCUMENTS[0].requests.total, 10.815)
    assert rich["peak_day_date"] == dt.date(2025, 11, 27)
    assert rich["through"] == dt.datetime(2025, 12, 31, 23, 59, 59, 999000, dt.UTC)
    assert json.loads(rich["top_pipes"])[0]["name"] == "stock_levels_v2"
    assert len(json.loads(rich["days"])) == 365
    assert (idle["requests_total"], idle["requests_p50_ms"], idle["peak_day_date"]) == (0, None, None)
    assert (idle["ingestion_bytes"], idle["storage_largest_datasource_name"]) == (None, "x")
    assert longest["requests_bytes_read"] == Decimal(2**70 + 12_345)
    assert longest["previous_year_compared_previous_requests"] == 1


def test_csv_says_the_same() -> None:
    """Names first; text in double quotes, null as \\N."""
    names, _, idle, longest = csv.reader(StringIO(written(Format.csv).read().decode()))
    told = dict(zip(names, longest, strict=True))

    assert names[:3] == ["wrapped_id", "year", "through"]
    assert told["requests_bytes_read"] == str(2**70 + 12_345)
    assert told["storage_largest_datasource_name"] == 'say "hi", Zoë'
    assert dict(zip(names, idle, strict=True))["peak_day_date"] == "\\N"


def test_an_edition_without_customers_has_its_columns() -> None:
    """A reader of the file finds a table without rows."""
    assert pq.read_table(written(Format.parquet, [])).num_rows == 0
    assert written(Format.csv, []).read().count(b"\n") == 1
    assert written(Format.ndjson, []).read() == b""


class ManyCustomers:
    """A warehouse of a thousand customers, who are asked for in pieces."""

    def __init__(self) -> None:
        self.asked: list[int] = []

    def recipients(self, year: int) -> dict[str, None]:
        return dict.fromkeys(_id(number) for number in reversed(range(1000)))

    def facts(self, year: int, wrapped_ids: Sequence[str]) -> list[Facts]:
        self.asked.append(len(wrapped_ids))
        nothing: dict[str, Any] = {
            **{name: value for story in STORIES for name, value in story.columns.items()},
            **dict.fromkeys(("fewer", "cohort_size"), 0),
            "days": [],
            "year": year,
        }
        return [nothing | {"wrapped_id": each} for each in reversed(wrapped_ids)]


def _id(number: int) -> str:
    return f"883065d6-d27f-851e-ab8c-{number:012x}"


def test_only_a_piece_of_the_customers_is_in_memory() -> None:
    """A piece is asked for when the one before was written; the order is that of the public ids."""
    held = ManyCustomers()
    pieces = summary_files.documents(cast(Reader, held), year_documents.EDITION)

    first = next(pieces)

    assert held.asked == [400]
    assert [each.wrapped_id for each in first] == [_id(number) for number in range(400)]
    assert [len(piece) for piece in pieces] == [400, 200]
