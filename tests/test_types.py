"""What landing promises of types: whatever two good files store, they load together, and every value is the same value."""

import io
import uuid
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa  # type: ignore[import-untyped, unused-ignore]
import pyarrow.parquet as pq  # type: ignore[import-untyped, unused-ignore]
import pytest

from tests.examples import judged
from tests.landing_files import Row, content, files_of, request, workspace
from tests.live import said, serving
from tests.pipeline import SECRET, Pipeline
from wrapped_assets.families import Column
from wrapped_assets.landing.objects import Fetched
from wrapped_assets.periods import Span
from wrapped_assets.products.usage.families import WORKSPACES
from wrapped_assets.resources.duckdb import dimensions, sql
from wrapped_assets.resources.duckdb.judging import judge
from wrapped_assets.resources.identity import wrapped_id
from wrapped_assets.resources.warehouse import LandedFile, LedgerFile

pytestmark = pytest.mark.proof

# How a column of each kind may be stored. Words stand for what is no type of Arrow's own: see `written`.
TYPES: dict[str, list[Any]] = {
    "instant": [
        pa.timestamp("us"),
        pa.timestamp("ns"),
        "int96",
        "int96 beside Arrow's schema",
        pa.timestamp("ns", "UTC"),
        pa.timestamp("ms"),
        pa.timestamp("us", "UTC"),
        pa.timestamp("ms", "UTC"),
        pa.timestamp("us", "+05:30"),
        pa.timestamp("ns", "America/New_York"),
    ],
    "uuid": [
        pa.string(),
        pa.uuid(),
        pa.large_string(),
        "uuid that Arrow's schema alone names",
        pa.string_view(),
        pa.dictionary(pa.int32(), pa.string()),
    ],
    "integer": [
        pa.int64(),
        pa.float64(),
        pa.decimal256(39, 0),
        pa.uint64(),
        pa.int16(),
        pa.decimal128(38, 0),
        pa.decimal256(76, 0),
        pa.uint32(),
        pa.decimal128(18, 0),
        pa.uint16(),
    ],
    "flag": [pa.bool_(), pa.uint8(), pa.float64(), pa.int64(), pa.decimal128(3, 0), pa.decimal256(40, 0)],
    "seconds": [
        pa.float64(),
        pa.decimal128(9, 6),
        pa.float32(),
        pa.int32(),
        pa.decimal256(50, 10),
        pa.float16(),
        pa.decimal128(38, 20),
    ],
}
VARIANTS = max(len(types) for types in TYPES.values())
PAIRS = [(first, second) for first in range(VARIANTS) for second in range(VARIANTS)]
KINDS = {
    "start_datetime": "instant",
    "exported_at": "instant",
    "organization_id": "uuid",
    "request_id": "uuid",
    "workspace_id": "uuid",
    "status_code": "integer",
    "read_bytes": "integer",
    "read_rows": "integer",
    "result_rows": "integer",
    "error": "flag",
    "duration": "seconds",
    "cpu_time": "seconds",
}


def type_of(column: str, variant: int) -> Any:
    """How the variant stores the column; every two types of a kind meet in some two variants."""
    types = TYPES[KINDS[column]]
    return types[variant % len(types)]


def stored(rows: list[Row], variant: int) -> bytes:
    """The rows as a file of that variant."""
    (file,) = files_of(*rows)
    return written(pq.read_table(io.BytesIO(content(file))), {c: type_of(c, variant) for c in KINDS})


def written(table: pa.Table, types: dict[str, Any], **options: Any) -> bytes:
    """The table with some columns stored as these types."""
    for column, kind in types.items():
        if column in table.column_names:
            at = table.column_names.index(column)
            if isinstance(kind, str) and kind.startswith("int96"):
                options |= {"use_deprecated_int96_timestamps": True}
                options.setdefault("store_schema", kind != "int96")
            table = table.set_column(at, *_column(column, table.column(at).to_pylist(), kind))
    into = io.BytesIO()
    pq.write_table(table, into, **options)
    return into.getvalue()


def _column(name: str, values: list[Any], kind: Any) -> tuple[pa.Field, pa.Array]:
    if isinstance(kind, str) and kind.startswith("int96"):
        kind = pa.timestamp("ns")
    if isinstance(kind, str):
        # As Rust writers and older versions of pyarrow do.
        field = pa.field(name, pa.binary(16), metadata={"ARROW:extension:name": "arrow.uuid"})
        return field, pa.array([uuid.UUID(value).bytes for value in values], pa.binary(16))
    if pa.types.is_timestamp(kind):
        utc = pa.array(values, pa.timestamp("us")).cast(pa.timestamp(kind.unit))
        return pa.field(name, kind), utc.cast(pa.int64()).cast(kind)
    if isinstance(kind, pa.BaseExtensionType):
        return pa.field(name, kind), pa.array([uuid.UUID(value).bytes for value in values], kind)
    if pa.types.is_decimal(kind):
        values = [Decimal(value) for value in values]
    elif pa.types.is_integer(kind):
        values = [int(value) for value in values]
    elif pa.types.is_boolean(kind):
        values = [bool(value) for value in values]
    return pa.field(name, kind), pa.array(values, kind)


# ---- Every pair


def the_day(pair: int) -> date:
    """Each pair of variants has a day of its own."""
    return date(2025, 1, 1) + timedelta(days=pair)


def an_id(pair: int, number: int) -> str:
    """A UUID with letters in it."""
    return f"abcdef01-2345-4678-9abc-{pair:06x}{number:06x}"


def rows_of(pair: int, number: int) -> list[Row]:
    """A row that only this file of the two has, and one that both have; the second file says it again, newer."""
    at = f"{the_day(pair)}T09:00:00.123"
    version = f"{the_day(pair)}T10:00:00.00{number}"
    common: dict[str, Any] = {"workspace_id": an_id(pair, 9), "exported_at": version, "status_code": 200}
    common |= {"error": 1, "duration": 2.0, "cpu_time": 1.0, "read_rows": 7, "result_rows": 0}
    return [
        request(an_id(pair, 0), at, an_id(pair, 3), read_bytes=number, **common),
        request(an_id(pair, 0), at, an_id(pair, number), read_bytes=number, **common),
    ]


def expected(pair: int) -> list[tuple[Any, ...]]:
    """What raw holds of the pair's day: the row of each file, and the newer version of the one they share."""
    at = datetime.fromisoformat(f"{the_day(pair)}T09:00:00.123")
    return [
        (at, an_id(pair, 0), an_id(pair, 9), an_id(pair, id), 200, 1, 2_000_000, 1_000_000, said, 7, 0)
        for id, said in ((1, 1), (2, 2), (3, 2))
    ]


HELD = """
    select start_datetime, organization_id, workspace_id, request_id, status_code, error, duration_us, cpu_time_us,
        read_bytes, read_rows, result_rows
    from raw.pipe_stats order by request_id"""
EVERYTHING = [row for pair in range(len(PAIRS)) for row in expected(pair)]


def land(pipeline: Pipeline, number: int) -> None:
    """One of the two files of every pair; the first comes first by name too."""
    for pair, variants in enumerate(PAIRS):
        put(
            pipeline,
            f"pipe_stats/dt={the_day(pair)}/region=eu/{number}",
            stored(rows_of(pair, number), variants[number - 1]),
        )


def put(pipeline: Pipeline, key: str, stored: bytes) -> Path:
    """Land the bytes under that key."""
    path = pipeline.landing / key
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(stored)
    return path


def test_whatever_types_two_files_have_they_load_together(pipeline: Pipeline) -> None:
    """Every two types of a column, in either order: imported, merged one after the other, and rebuilt together."""
    for number in (1, 2):
        land(pipeline, number)
        with pipeline.open() as run:
            assert run.take_in("pipe_stats").rows == 2 * len(PAIRS)
            assert run.writer.quarantine(Span.year(2025)) == []
            run.raw("pipe_stats")
    with pipeline.open() as run:
        assert run.rows(HELD) == EVERYTHING
        if pipeline.engine == "duckdb":
            for pair in range(len(PAIRS)):
                run.raw("pipe_stats", Span.day(the_day(pair)), full=True)
        else:
            run.raw("pipe_stats", full=True)
        assert run.rows(HELD) == EVERYTHING
        assert run.differences("raw", span=Span.year(2025)) == []


def test_serving_follows_files_of_whatever_types(tmp_path: Path) -> None:
    """Each hour is counted again from a file of the snapshot and a new one of another type."""
    pipeline = Pipeline(tmp_path)
    land(pipeline, 1)
    pipeline.build()
    with serving(pipeline) as live:
        land(pipeline, 2)
        assert live.follow().taken == len(PAIRS)
        for pair in range(len(PAIRS)):
            row = said(live, [wrapped_id(SECRET, an_id(pair, 0))])
            assert (row["total_requests"], row["total_errors"], row["total_bytes_read"]) == (3, 3, 5)


def test_an_import_reads_two_files_of_whatever_types(tmp_path: Path) -> None:
    """What ClickHouse takes in, pair by pair."""
    con = duckdb.connect()
    con.execute("set TimeZone = 'UTC'")
    found = []
    for pair, variants in enumerate(PAIRS):
        files = []
        for number in (1, 2):
            path = tmp_path / f"{pair}-{number}"
            path.write_bytes(stored(rows_of(pair, number), variants[number - 1]))
            files.append(LandedFile(str(path), "", 0, the_day(pair), "eu", path))
        judgement = judge(con, "pipe_stats", files)
        assert judgement.quarantined == {}
        ids = {file.path: number for number, file in enumerate(files)}
        batches = judgement.valid_rows(con, ids, dict.fromkeys(ids))
        rows = [row for batch in batches for row in batch.to_pylist()]
        found += [
            (row["organization_id"], row["request_id"], row["start_datetime"], row["read_bytes"])
            for row in rows
        ]

    assert sorted(found) == [
        (an_id(pair, 0), an_id(pair, id), datetime.fromisoformat(f"{the_day(pair)}T09:00:00.123"), said)
        for pair in range(len(PAIRS))
        for id, said in ((1, 1), (2, 2), (3, 1), (3, 2))
    ]


def test_snapshots_of_whatever_types_are_merged_together(tmp_path: Path) -> None:
    """The newer one wins, whichever of the two types it has and comes first."""
    pipeline = Pipeline(tmp_path)
    pipeline.landing.mkdir(parents=True)
    with pipeline.open() as run:
        for pair, variants in enumerate(PAIRS):
            files = []
            for number in (1, 2):
                snapshot = workspace(
                    an_id(pair, 9),
                    an_id(pair, 0),
                    name=f"name {number}",
                    exported_at=f"2025-01-01T10:00:00.00{number}",
                )
                files.append(put(pipeline, f"{pair}-{number}", stored([snapshot], variants[number - 1])))
            known = [LedgerFile(0, str(path), "", 0, False, "eu") for path in files]
            for order in (known, known[::-1]):
                run.con.execute("delete from dimensions.workspaces")
                dimensions.merge(run.con, WORKSPACES, order, Fetched({str(path): path for path in files}, {}))
                assert run.rows("select workspace_id, organization_id, name from dimensions.workspaces") == [
                    (an_id(pair, 9), an_id(pair, 0), "name 2")
                ]


# ---- Instants

NANOSECONDS = [pa.timestamp("ns"), pa.timestamp("ns", "UTC"), "int96"]


def at_nanoseconds(at: str, nanoseconds: int, kind: Any) -> Any:
    """So many nanoseconds after `at`, as this type stores them; of any type but nanoseconds, cut."""
    whole = int(datetime.fromisoformat(at + "+00:00").timestamp()) * 10**9 + nanoseconds
    is_fine = isinstance(kind, str) or kind.unit == "ns"
    return pa.array([whole], pa.timestamp("ns")) if is_fine else pa.array([whole // 1000], pa.timestamp("us"))


def land_at(pipeline: Pipeline, name: str, row: Row, instants: dict[str, tuple[str, int]], kind: Any) -> None:
    """Land a row whose instants are finer than a row of Python says."""
    (file,) = files_of(row, name=name)
    table = pq.read_table(io.BytesIO(content(file)))
    for column, (at, nanoseconds) in instants.items():
        values = at_nanoseconds(at, nanoseconds, kind)
        values = values if isinstance(kind, str) else values.cast(pa.int64()).cast(kind)
        table = table.set_column(table.column_names.index(column), column, values)
    options = {"use_deprecated_int96_timestamps": True, "store_schema": False} if kind == "int96" else {}
    into = io.BytesIO()
    pq.write_table(table, into, **options)
    put(pipeline, file.key, into.getvalue())


@pytest.mark.parametrize("kind", judged(NANOSECONDS), ids=str)
def test_nanoseconds_are_cut_and_never_rounded(pipeline: Pipeline, kind: Any) -> None:
    """The last 500 of a year are in that year, whichever column they are in; exported in microseconds too, a row is one row."""
    start, export = ("2025-12-31T23:59:59", 999_999_500), ("2026-01-01T00:00:00", 999_999_999)
    for name, as_type in (("a", kind), ("b", pa.timestamp("us"))):
        land_at(pipeline, name, request(), {"start_datetime": start, "exported_at": export}, as_type)
    pipeline.build()
    with pipeline.open() as run:
        held = "select start_datetime, exported_at from raw.pipe_stats"
        cut = (datetime(2025, 12, 31, 23, 59, 59, 999999), datetime(2026, 1, 1, 0, 0, 0, 999999))
        assert run.rows(held) == [cut]
        assert (
            run.rows("select day, row_count from landing.file_days order by all")
            == [(date(2025, 12, 31), 1)] * 2
        )
        run.raw("pipe_stats", full=True)
        assert run.rows(held) == [cut]


@pytest.mark.parametrize("kind", judged(NANOSECONDS), ids=str)
def test_two_versions_in_one_microsecond_are_equal_versions(pipeline: Pipeline, kind: Any) -> None:
    """In one file and one type: the greater row wins, though the other is some nanoseconds newer; and they are one key."""
    for name, newer, number in (("a", 100, 9), ("b", 200, 8)):
        instants = {
            "start_datetime": ("2025-03-01T10:00:00", newer),
            "exported_at": ("2025-03-01T11:00:00", newer),
        }
        land_at(pipeline, name, request(read_bytes=number), instants, kind)
    pipeline.build()
    with pipeline.open() as run:
        assert run.rows("select start_datetime, read_bytes from raw.pipe_stats") == [
            (datetime(2025, 3, 1, 10), 9)
        ]


@pytest.mark.parametrize("kind", judged([*NANOSECONDS, pa.timestamp("us"), pa.timestamp("ms")]), ids=str)
def test_before_1970_instants_are_cut_downwards(pipeline: Pipeline, kind: Any) -> None:
    """Toward the past, as after 1970: a snapshot of the last nanosecond of 1969 is no snapshot of 1970."""
    snapshot = workspace(exported_at="1969-12-31T23:59:59.999")
    if kind == pa.timestamp("ms"):
        (file,) = files_of(snapshot)
        put(pipeline, file.key, content(file))
        cut = datetime(1969, 12, 31, 23, 59, 59, 999000)
    else:
        land_at(pipeline, "export", snapshot, {"exported_at": ("1969-12-31T23:59:59", 999_999_999)}, kind)
        cut = datetime(1969, 12, 31, 23, 59, 59, 999999)
    pipeline.build()
    with pipeline.open() as run:
        assert run.rows("select exported_at from dimensions.workspaces") == [(cut,)]


SENTINELS = [
    ("int96", datetime(9999, 12, 31), "exported_at is after the year 2299"),
    (pa.timestamp("us"), 2**63 - 1, "exported_at is not a date"),
    (pa.timestamp("us", "UTC"), -(2**63) + 1, "exported_at is not a date"),
    (pa.timestamp("us"), -(2**63), "exported_at is before the year 1900"),
    (pa.timestamp("us", "UTC"), -(2**63), "exported_at is before the year 1900"),
    (pa.timestamp("ns"), 2**63 - 1, "exported_at is not a date"),
    (pa.timestamp("ns", "UTC"), -(2**63), "exported_at is before the year 1900"),
]


@pytest.mark.parametrize(("kind", "sentinel", "reason"), judged(SENTINELS), ids=str)
def test_a_sentinel_sets_its_own_row_aside(pipeline: Pipeline, kind: Any, sentinel: Any, reason: str) -> None:
    """A year 9999, an infinity, the least of all numbers: events and snapshots, beside files of another type, before and after."""
    rows: list[list[Row]] = [
        [request(id="good"), request(id="bad")],
        [workspace("good"), workspace("bad")],
    ]
    for good, bad in rows:
        for name, other in (("a", pa.timestamp("ns")), ("z", pa.timestamp("ms", "UTC"))):
            (file,) = files_of(
                good | {"request_id": name} if "request_id" in good else good | {"workspace_id": name},
                name=name,
            )
            put(pipeline, file.key, written(pq.read_table(io.BytesIO(content(file))), {"exported_at": other}))
        (file,) = files_of(good, bad, name="m")
        put(pipeline, file.key, _with_sentinel(pq.read_table(io.BytesIO(content(file))), kind, sentinel))
    pipeline.build()
    with pipeline.open() as run:
        found = [
            (each.key.rpartition("/")[2], each.reason, each.rows)
            for each in run.writer.quarantine(Span.year(2025))
        ]
        assert found == [("m.parquet", reason, 1)] * 2
        assert run.rows("select request_id from raw.pipe_stats order by all") == [("a",), ("good",), ("z",)]
        assert run.rows("select workspace_id from dimensions.workspaces order by all") == [
            ("a",),
            ("good",),
            ("z",),
        ]
        run.follow(full=True)
        assert run.rows("select request_id from raw.pipe_stats order by all") == [("a",), ("good",), ("z",)]


def _with_sentinel(table: pa.Table, kind: Any, sentinel: Any) -> bytes:
    """The table with a sentinel as the last `exported_at`."""
    good = table.column("exported_at").to_pylist()[0]
    options: dict[str, Any] = {}
    if kind == "int96":
        # Arrow's own writer takes microseconds for INT96, so that years beyond 2262 fit.
        values = pa.array([good, sentinel], pa.timestamp("us"))
        options = {"use_deprecated_int96_timestamps": True, "store_schema": False}
    else:
        number = pa.array([good], pa.timestamp(kind.unit)).cast(pa.int64()).to_pylist()[0]
        values = pa.array([number, sentinel], pa.int64()).cast(kind)
    table = table.set_column(table.column_names.index("exported_at"), "exported_at", values)
    into = io.BytesIO()
    pq.write_table(table, into, **options)
    return into.getvalue()


# ---- Numbers

INEXACT = [
    (pa.float64(), 2**53 - 1, None),
    (pa.float64(), 2**53, "read_bytes is 2^53 or more in a double"),
    (pa.float64(), 1.5, "read_bytes is not a whole number"),
    (pa.float64(), float("nan"), "read_bytes is not a finite number"),
    (pa.float64(), -1.0, "read_bytes is negative"),
    (pa.decimal256(39, 0), Decimal(2**53 - 1), None),
    (pa.decimal256(76, 0), Decimal(2**53 + 1), "read_bytes is 2^53 or more in a double"),
    (pa.decimal128(38, 0), Decimal(2**64 - 1), None),
    (pa.decimal128(38, 0), Decimal(2**64), "read_bytes is 2^64 or more"),
]


@pytest.mark.parametrize(("kind", "number", "reason"), judged(INEXACT), ids=str)
def test_a_counter_is_exact_or_set_aside(
    pipeline: Pipeline, kind: Any, number: Any, reason: str | None
) -> None:
    """A double, which data frames make of integers that may be null, and decimals that DuckDB reads as doubles."""
    (file,) = files_of(request(id="beside"), request(id="asked"))
    table = pq.read_table(io.BytesIO(content(file)))
    numbers = pa.array([type(number)(7), number], kind)
    into = io.BytesIO()
    pq.write_table(table.set_column(table.column_names.index("read_bytes"), "read_bytes", numbers), into)
    put(pipeline, file.key, into.getvalue())
    pipeline.build()
    with pipeline.open() as run:
        assert [each.reason for each in run.writer.quarantine(Span.year(2025))] == (
            [reason] if reason else []
        )
        held = run.rows("select request_id, read_bytes from raw.pipe_stats order by all")
        assert held == ([("asked", int(number))] if reason is None else []) + [("beside", 7)]


def test_a_flag_and_a_code_of_doubles_are_whole_or_set_aside(pipeline: Pipeline) -> None:
    """DuckDB's cast to an integer rounds."""
    (file,) = files_of(*(request(id=f"r{number}") for number in range(4)))
    table = pq.read_table(io.BytesIO(content(file)))
    for column, values in (("error", [1.0, 0.4, 0.0, 2.0]), ("status_code", [200.0, 200.0, 200.4, 200.0])):
        table = table.set_column(table.column_names.index(column), column, pa.array(values))
    into = io.BytesIO()
    pq.write_table(table, into)
    put(pipeline, file.key, into.getvalue())
    pipeline.build()
    with pipeline.open() as run:
        assert {each.reason for each in run.writer.quarantine(Span.year(2025))} == {
            "error is not a whole number",
            "error is neither 0 nor 1",
            "status_code is not a whole number",
        }
        assert run.rows("select request_id, error, status_code from raw.pipe_stats") == [("r0", 1, 200)]


# ---- Footers that lie


def _says_nulls(stored: bytes, least: str, greatest: str, nulls: int) -> bytes:
    """The file with another count of nulls in its footer, for the text column with these bounds."""
    footer = len(stored) - 8 - int.from_bytes(stored[-8:-4], "little")
    after = b"\x28" + _text(greatest) + b"\x18" + _text(least)
    at = stored.index(after, footer) - 1
    assert stored[at - 1] == 0x36, "a count of nulls in the field before the bounds"
    return stored[:at] + bytes([2 * nulls]) + stored[at + 1 :]


def _text(value: str) -> bytes:
    return bytes([len(value)]) + value.encode()


@pytest.mark.parametrize("beside", judged([False, True]))
@pytest.mark.parametrize(
    ("organizations", "nulls", "reasons"),
    judged(
        [
            (["org-1", "org-2", "org-2"], 2, []),
            (["org-1", "org-2", "org-2"], 5, []),
            (["org-1", None, "org-2"], 0, [("organization_id is null", 1)]),
            (
                ["org-1", "org-2", "org-2"],
                3,
                [("its footer says that organization_id is always null, and it is not", None)],
            ),
        ]
    ),
)
def test_what_a_footer_says_of_nulls_changes_nothing(
    pipeline: Pipeline, organizations: list[str | None], nulls: int, reasons: list[Any], beside: bool
) -> None:
    """Polars 1.38 to 1.43 count too many; as many as rows, and DuckDB reads no value. Alone and beside another file."""
    (file,) = files_of(*(request(org, id=f"r{number}") for number, org in enumerate(organizations)))
    put(pipeline, file.key, _says_nulls(content(file), "org-1", "org-2", nulls))
    if beside:
        (other,) = files_of(request("org-3", id="other"), name="other")
        put(pipeline, other.key, content(other))
    good = [] if nulls == 3 else [(org,) for org in organizations if org]
    good += [("org-3",)] if beside else []
    pipeline.build()
    with pipeline.open() as run:
        assert [(each.reason, each.rows) for each in run.writer.quarantine(Span.year(2025))] == reasons
        assert run.rows("select organization_id from raw.pipe_stats order by all") == good
        run.raw("pipe_stats", full=True)
        assert run.rows("select organization_id from raw.pipe_stats order by all") == good


def test_a_value_that_duckdb_misreads_is_found_by_the_deep_comparison(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each time it reads the file, so that no rebuild of its own can tell: Arrow reads the file too."""
    pipeline = Pipeline(tmp_path)
    kind = "uuid that Arrow's schema alone names"
    (file,) = files_of(request(an_id(0, 0), id=an_id(0, 1)))
    put(pipeline, file.key, written(pq.read_table(io.BytesIO(content(file))), {"organization_id": kind}))
    value = sql.value

    def garbled(column: Column, stored: str) -> str:
        return f"cast({column.name} as varchar)" if stored == "BLOB" else value(column, stored)

    with monkeypatch.context() as patched, pipeline.open() as run:
        patched.setattr(sql, "value", garbled)
        run.follow()
        assert run.rows("select organization_id from raw.pipe_stats") != [(an_id(0, 0),)]
        assert {row["side"] for row in run.differences("raw")} == {"stored", "rebuilt"}
    with pipeline.open() as run:
        run.raw("pipe_stats", full=True)
        assert run.rows("select organization_id from raw.pipe_stats") == [(an_id(0, 0),)]
        assert run.differences("raw") == []
