"""Every customer's year of an edition in one stream: documents as NDJSON, or a row of flat columns each as CSV or Parquet.

A column is a field of the document; one inside another has both names (`requests_total`), a list is its JSON text.
"""

import datetime as dt
import json
from collections.abc import Iterable, Iterator
from types import NoneType
from typing import Annotated, Any, BinaryIO, get_args, get_origin

import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import AwareDatetime, BaseModel

from wrapped_assets.cli.summary import Format
from wrapped_assets.product import Edition
from wrapped_assets.products import DEFAULT
from wrapped_assets.resources.warehouse import Reader
from wrapped_assets.serving.api.formats import csv_line

# Customers in memory at once, and in a row group of Parquet.
PIECE = 400

Path = tuple[str, ...]


def documents(reader: Reader, edition: Edition) -> Iterator[list[Any]]:
    """All documents of an edition by wrapped_id, a piece at a time."""
    subjects = sorted(reader.recipients(edition.year))
    for start in range(0, len(subjects), PIECE):
        facts = reader.facts(edition.year, subjects[start : start + PIECE])
        yield [DEFAULT.document(row, edition) for row in sorted(facts, key=lambda row: row["wrapped_id"])]


def write(format: Format, pieces: Iterable[list[Any]], sink: BinaryIO) -> None:
    """Write every document into the sink; the format is one of `OF_ALL`."""
    {Format.ndjson: _ndjson, Format.csv: _csv, Format.parquet: _parquet}[format](pieces, sink)


def _ndjson(pieces: Iterable[list[Any]], sink: BinaryIO) -> None:
    for piece in pieces:
        sink.writelines(each.to_json() + b"\n" for each in piece)


def _csv(pieces: Iterable[list[Any]], sink: BinaryIO) -> None:
    sink.write(csv_line(_NAMES).encode())
    for piece in pieces:
        sink.writelines(csv_line(_flat(each.model_dump(mode="json"))).encode() for each in piece)


def _parquet(pieces: Iterable[list[Any]], sink: BinaryIO) -> None:
    with pq.ParquetWriter(sink, _SCHEMA, compression="zstd") as writer:
        for piece in pieces:
            rows = [dict(zip(_NAMES, _flat(each.model_dump()), strict=True)) for each in piece]
            writer.write_batch(pa.RecordBatch.from_pylist(rows, schema=_SCHEMA))


def _flat(fields: dict[str, Any]) -> list[Any]:
    return [_value(fields, path) for path, _ in _COLUMNS]


def _value(fields: dict[str, Any], path: Path) -> Any:
    value: Any = fields
    for name in path:
        value = None if value is None else value[name]
    if isinstance(value, list | tuple):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return value


def _columns(model: type[BaseModel], inside: Path = ()) -> Iterator[tuple[Path, pa.DataType]]:
    for name, field in model.model_fields.items():
        kind = _plain(field.annotation)
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from _columns(kind, (*inside, name))
        else:
            yield (*inside, name), _arrow_type(name, kind)


def _plain(annotation: Any) -> Any:
    """The type of a field, without what it must satisfy and whether it may be null."""
    if get_origin(annotation) is Annotated:
        return _plain(get_args(annotation)[0])
    others = [each for each in get_args(annotation) if each is not NoneType]
    return _plain(others[0]) if NoneType in get_args(annotation) else annotation


def _arrow_type(name: str, kind: Any) -> pa.DataType:
    if kind is AwareDatetime:
        return pa.timestamp("ms", "UTC")
    if kind is dt.date:
        return pa.date32()
    if kind is float:
        return pa.float64()
    if kind is int or isinstance(next(iter(get_args(kind)), None), int):
        # Sums of 64-bit counters need more than 64 bits.
        return pa.decimal128(38) if "bytes" in name or "rows" in name else pa.int64()
    return pa.string()


_COLUMNS = sorted(_columns(DEFAULT.subject_model), key=lambda column: column[0] != ("wrapped_id",))
_NAMES = ["_".join(path) for path, _ in _COLUMNS]
_SCHEMA = pa.schema([pa.field(name, kind) for name, (_, kind) in zip(_NAMES, _COLUMNS, strict=True)])
