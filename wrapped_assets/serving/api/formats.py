"""An answer's bytes in each format: the JSON envelope, CSV with names, one JSON object a line, Parquet."""

import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from wrapped_assets.serving.api.answers import Answer
from wrapped_assets.serving.api.columns import encoder

QUOTE_64BIT = "output_format_json_quote_64bit_integers"
"""A parameter of every endpoint: 1 writes 64-bit integers as strings, for readers whose numbers are floats."""


@dataclass(frozen=True)
class Form:
    """How to write it."""

    quote_64bit: bool = False
    elapsed_seconds: float = 0.0


@dataclass(frozen=True)
class Format:
    """A format by the ending of the path."""

    media_type: str
    write: Callable[[Answer, Form], bytes]


def _dumps(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def records(answer: Answer, quote_64bit: bool) -> Iterator[dict[str, Any]]:
    """Each row as an object ready for JSON."""
    names = [name for name, _ in answer.columns]
    encoders = [encoder(kind, quote_64bit) for _, kind in answer.columns]
    for row in answer.rows:
        yield {name: encode(value) for name, encode, value in zip(names, encoders, row, strict=True)}


def envelope(answer: Answer, form: Form) -> dict[str, Any]:
    """The JSON answer as an object: what the columns are, the rows, and what they cost."""
    return {
        "meta": [{"name": name, "type": kind} for name, kind in answer.columns],
        "data": list(records(answer, form.quote_64bit)),
        "rows": len(answer.rows),
        "rows_before_limit_at_least": len(answer.rows),
        "statistics": {
            "elapsed": round(form.elapsed_seconds, 6),
            "rows_read": answer.rows_read,
            "bytes_read": answer.bytes_read,
        },
    }


def _json(answer: Answer, form: Form) -> bytes:
    return _dumps(envelope(answer, form)).encode("utf-8", "replace")


def _ndjson(answer: Answer, form: Form) -> bytes:
    lines = (_dumps(record) + "\n" for record in records(answer, form.quote_64bit))
    return "".join(lines).encode("utf-8", "replace")


def _csv(answer: Answer, form: Form) -> bytes:
    """As ClickHouse's CSVWithNames: text in double quotes, numbers bare, null as \\N, lists as JSON text."""
    lines = [csv_line(name for name, _ in answer.columns)]
    lines += [csv_line(record.values()) for record in records(answer, False)]
    return "".join(lines).encode("utf-8", "replace")


def csv_line(values: Iterable[Any]) -> str:
    """A line of CSV, with its end."""
    return ",".join(map(_cell, values)) + "\n"


def _cell(value: Any) -> str:
    if value is None:
        return "\\N"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    text = value if isinstance(value, str) else _dumps(value)
    return '"' + text.replace('"', '""') + '"'


def _parquet(answer: Answer, form: Form) -> bytes:
    # Not at start: importing it takes a third of a second.
    import pyarrow.parquet as pq

    from wrapped_assets.serving.api.parquet import table

    sink = io.BytesIO()
    pq.write_table(table(answer), sink, compression="zstd")
    return sink.getvalue()


FORMATS: Mapping[str, Format] = {
    "json": Format("application/json", _json),
    "csv": Format("text/csv; charset=utf-8", _csv),
    "ndjson": Format("application/x-ndjson", _ndjson),
    "parquet": Format("application/vnd.apache.parquet", _parquet),
}
