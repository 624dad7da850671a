"""What landing promises: every file version taken in exactly once, or set aside with the reason, and nothing in between.

Files and rows that cannot be right are counted and named; they never stop the others.
"""

import io
import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa  # type: ignore[import-untyped, unused-ignore]
import pyarrow.parquet as pq  # type: ignore[import-untyped, unused-ignore]
import pytest

from tests import oracle
from tests.examples import judged
from tests.landing_files import (
    COLUMNS,
    DIMENSIONS,
    FAMILIES,
    NULLABLE,
    LandingFile,
    Row,
    bad_pages,
    content,
    extra_column,
    family_of,
    files_of,
    no_bytes,
    not_parquet,
    operation,
    organization,
    reading,
    request,
    truncated,
    widened,
    without_column,
    workspace,
    wrong_type,
)
from tests.pipeline import DAYS, NOW, SECRET, Pipeline, Run, differs_from_oracle, say_nothing
from wrapped_assets.assets.importing import import_dimension, refresh_raw
from wrapped_assets.landing.folder import Folder
from wrapped_assets.landing.objects import LandingObject, Problem
from wrapped_assets.periods import Span
from wrapped_assets.resources.clickhouse.session import Session
from wrapped_assets.resources.duckdb.rows import insert_dicts

Edit = Callable[[pa.Table], pa.Table]
INF, NAN = float("inf"), float("nan")


def the_file(*rows: Row, name: str = "export") -> LandingFile:
    """The one file that holds these rows."""
    (file,) = files_of(*rows, name=name)
    return file


def land_edited(pipeline: Pipeline, file: LandingFile, edit: Edit, **options: Any) -> None:
    """Land the file as another writer might have stored it."""
    path = pipeline.landing / file.key
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(edit(pq.read_table(io.BytesIO(content(file)))), path, **options)


def with_column(name: str, values: Any, first: bool = False) -> Edit:
    """An edit that adds a column, or puts another in its place."""

    def edit(table: pa.Table) -> pa.Table:
        if name in table.column_names:
            return table.set_column(table.column_names.index(name), name, values)
        return table.add_column(0 if first else table.num_columns, name, values)

    return edit


def quarantine(run: Run) -> list[tuple[str, str, int | None]]:
    """What is in quarantine: the file's name, the reason, and how many rows of it (None: all of the file)."""
    return [
        (each.key.rpartition("/")[2].removesuffix(".parquet"), each.reason, each.rows)
        for each in run.writer.quarantine(DAYS)
    ]


def raw_ids(run: Run) -> list[str]:
    """The requests that stand in raw."""
    return [id for (id,) in run.rows("select request_id from raw.pipe_stats order by all")]


# ---- Exactly once


def test_every_file_version_is_imported_exactly_once(pipeline: Pipeline) -> None:
    """A second look at the same folder finds nothing; a new file beside the old ones is all that is taken."""
    pipeline.land(*files_of(request(), operation(), reading(), organization()))
    with pipeline.open() as run:
        sources = ("pipe_stats", "ingestion", "storage", "organizations")
        assert [run.take_in(source).files for source in sources] == [1, 1, 1, 1]
        assert [run.take_in(source).files for source in sources] == [0, 0, 0, 0]
        pipeline.land(the_file(request("org-2"), request("org-3"), name="second"))
        report = run.take_in("pipe_stats")
        assert (report.files, report.rows) == (1, 2)


class Died(Exception):
    """The process is gone."""


def imported_after_all(run: Run) -> bool:
    """That the import which died left nothing, and that the next one takes its file in whole."""
    assert run.writer.known("pipe_stats", None) == {}
    assert quarantine(run) == []
    report = run.take_in("pipe_stats")
    assert quarantine(run) == [("export", "error is neither 0 nor 1", 1)]
    run.raw("pipe_stats")
    return (report.files, report.rows) == (1, 2) and raw_ids(run) == ["a", "b"]


HALF_GOOD = (request(id="a"), request(id="b", at="2025-03-02"), request(id="c", error=2))


@pytest.mark.duckdb("counts on its transaction; ClickHouse has none")
@pytest.mark.parametrize("table", ["landing.files", "landing.file_days", "landing.quarantined_rows"])
def test_an_import_that_dies_halfway_has_imported_nothing(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch, table: str
) -> None:
    """Whichever of its tables it has just written: ledger, days and what was set aside come together or not at all."""

    def insert_and_die(con: Any, into: str, rows: Any) -> None:
        insert_dicts(con, into, rows)
        if into == table:
            raise Died

    pipeline.land(LandingFile("pipe_stats", "2025-03-01", "eu", "export", list(HALF_GOOD)))
    with pipeline.open() as run:
        with monkeypatch.context() as patch, pytest.raises(Died):
            patch.setattr("wrapped_assets.resources.duckdb.landing.insert_dicts", insert_and_die)
            run.take_in("pipe_stats")
        assert imported_after_all(run)


@pytest.mark.clickhouse
@pytest.mark.parametrize("table", ["landing_pipe_stats", "landing_quarantined_rows", "landing_hours"])
def test_an_import_that_dies_before_its_ledger_is_written_has_imported_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, table: str
) -> None:
    """ClickHouse has no transaction: the ledger comes last, and rows that it does not name count nowhere."""
    insert, stream = Session.insert, Session.stream

    def insert_and_die(self: Session, into: str, rows: Any) -> None:
        insert(self, into, rows)
        if into == table:
            raise Died

    def stream_and_die(self: Session, into: str, batches: Any) -> None:
        stream(self, into, batches)
        if into == table:
            raise Died

    pipeline = Pipeline(tmp_path, engine="clickhouse")
    pipeline.land(LandingFile("pipe_stats", "2025-03-01", "eu", "export", list(HALF_GOOD)))
    with pipeline.open() as run:
        with monkeypatch.context() as patch, pytest.raises(Died):
            patch.setattr(Session, "insert", insert_and_die)
            patch.setattr(Session, "stream", stream_and_die)
            run.take_in("pipe_stats")
        assert imported_after_all(run)


def test_only_the_folders_of_the_days_asked_for_are_imported(pipeline: Pipeline) -> None:
    """A run over one day takes that day's folder and leaves the others to their own runs."""
    pipeline.land(*files_of(request(at="2025-03-01"), request(at="2025-03-02"), request(at="2025-03-03")))
    with pipeline.open() as run:
        day = date(2025, 3, 2)
        assert run.take_in("pipe_stats", span=Span.day(day)).files == 1
        assert run.pending().partitions == {("raw", "pipe_stats"): {day}}
        assert run.take_in("pipe_stats").files == 2


def test_more_files_than_one_transaction_takes_are_all_imported_once(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many batches a listing makes, across folders too."""
    monkeypatch.setattr("wrapped_assets.assets.importing.BATCH_FILES", 3)
    for number in range(4):
        pipeline.land(*files_of(request(at="2025-03-01"), request(at="2025-03-02"), name=f"export-{number}"))
    pipeline.land(*files_of(workspace(), name="a"), *files_of(workspace(), name="b"))
    pipeline.land(*files_of(workspace(), name="c"), *files_of(workspace(), name="d"))
    with pipeline.open() as run:
        assert run.take_in("pipe_stats").files == 8
        assert run.take_in("workspaces").files == 4
        assert run.rows("select count(*), count(distinct object_key) from landing.files") == [(12, 12)]


def test_a_large_backlog_is_imported_in_bounded_pieces(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Files that together are too large for one piece are taken in several; none is left behind."""
    monkeypatch.setattr("wrapped_assets.assets.importing.BATCH_BYTES", 1)
    pipeline.land(*(the_file(request(), name=f"export-{number}") for number in range(3)))
    with pipeline.open() as run:
        assert run.take_in("pipe_stats").files == 3


# ---- Rows that cannot be right


IMPOSSIBLE_ROWS = {
    "start_datetime is null": request(at=None, exported_at="2025-03-01T10:05:00"),
    "organization_id is null": request(None),
    "workspace_id is null": request(workspace_id=None),
    "pipe_id is null": request(pipe_id=None),
    "pipe_name is null": request(pipe_name=None),
    "request_id is null": request(id=None),
    "read_bytes is null": request(read_bytes=None),
    "read_rows is null": request(read_rows=None),
    "region is null": request(region=None),
    "exported_at is null": request(exported_at=None),
    "start_datetime is before 1990": request(at="1989-12-31T23:59:59.999"),
    "start_datetime is more than a day after exported_at": request(
        at="2025-03-01T10:00:00", exported_at="2025-02-28T09:59:59.999"
    ),
    "read_bytes is negative": request(read_bytes=-1),
    "read_rows is negative": request(read_rows=-(2**63)),
    "result_rows is negative": request(result_rows=-1),
    "duration is negative": request(duration=-1e-9),
    "cpu_time is negative": request(cpu_time=-0.5),
    "duration is not a finite number": request(duration=NAN),
    "cpu_time is not a finite number": request(cpu_time=INF),
    "error is neither 0 nor 1": request(error=2),
    "duration is longer than a year": request(duration=2**45 / 1e6),
}


def test_impossible_rows_are_set_aside_one_by_one_each_with_its_reason(pipeline: Pipeline) -> None:
    """The rows before, between and after them in the same file count."""
    rows = [request(id="first"), *IMPOSSIBLE_ROWS.values(), request(id="last")]
    pipeline.land(LandingFile("pipe_stats", "2025-03-01", "eu", "export", rows))
    with pipeline.open() as run:
        report = run.take_in("pipe_stats")
        run.raw("pipe_stats")
        assert report.rows == 2
        assert report.quarantined_rows == dict.fromkeys(IMPOSSIBLE_ROWS, 1)
        assert sorted(quarantine(run)) == sorted(("export", reason, 1) for reason in IMPOSSIBLE_ROWS)
        numbered = run.rows("select row_number, reason from landing.quarantined_rows order by row_number")
        assert numbered == list(enumerate(IMPOSSIBLE_ROWS, start=1))
        assert raw_ids(run) == ["first", "last"]


@pytest.mark.parametrize("value", judged([NAN, INF, -INF]))
@pytest.mark.parametrize("column", judged(["duration", "cpu_time"]))
def test_a_row_that_is_no_number_is_found_whatever_the_file_says_of_itself(
    pipeline: Pipeline, column: str, value: float
) -> None:
    """A Parquet file's own minimum and maximum leave NaN out; alone in its file, or beside good rows."""
    bad = request(id="bad") | {column: value}
    pipeline.land(the_file(bad, name="alone"), the_file(request(id="good"), bad, name="beside"))
    with pipeline.open() as run:
        assert run.take_in("pipe_stats").quarantined_rows == {f"{column} is not a finite number": 2}
        run.raw("pipe_stats")
        assert raw_ids(run) == ["good"]


def test_impossible_rows_of_the_other_families_are_set_aside_too(pipeline: Pipeline) -> None:
    """The same rules for operations, size readings and snapshots."""
    rows = {
        "written_bytes is negative": operation(written_bytes=-1),
        "elapsed_time is not a finite number": operation(elapsed_time=-INF),
        "result is null": operation(result=None),
        "timestamp is null": operation(at=None),
        "bytes_quarantine is negative": reading(bytes_quarantine=-1),
        "datasource_id is null": reading(id=None),
        "timestamp is more than a day after exported_at": reading(exported_at="2025-02-01"),
        "organization_id is null": organization(None),
        "exported_at is null": organization(exported_at=None),
        "workspace_id is null": workspace(None),
    }
    pipeline.land(*(the_file(row, name=reason) for reason, row in rows.items()))
    with pipeline.open() as run:
        for source in (*FAMILIES, *DIMENSIONS):
            run.take_in(source)
        assert sorted(quarantine(run)) == [(reason, reason, 1) for reason in sorted(rows)]
        run.layers()
        counts = [f"(select count(*) from raw.{family})" for family in FAMILIES]
        counts += [f"(select count(*) from dimensions.{name})" for name in DIMENSIONS]
        assert run.rows(f"select {' + '.join(counts)}") == [(0,)]


@pytest.mark.parametrize(
    "row",
    [
        request(at="2025-03-01T10:00:00", exported_at="2025-02-28T10:00:00"),
        request(duration=-0.0, cpu_time=5e-324),
        request(duration=(2**45 - 1) / 1e6, read_bytes=2**64 - 1),
        request(user_agent=None, pipe_name="", method="", id=""),
    ],
)
def test_the_last_possible_value_is_possible(pipeline: Pipeline, row: Row) -> None:
    """A day ahead of the export, minus zero, one microsecond under the limit, 2^64 - 1, empty text."""
    pipeline.build(*files_of(row))
    with pipeline.open() as run:
        assert differs_from_oracle(run, files_of(row)) == {}
        assert len(raw_ids(run)) == 1


def test_an_event_of_new_years_day_1990_is_old_and_possible(pipeline: Pipeline) -> None:
    """Its edition is thirty-five years back, and stale."""
    file = the_file(request(at="1990-01-01"))
    pipeline.land(file)
    with pipeline.open() as run:
        day = Span.day(date(1990, 1, 1))
        assert run.take_in("pipe_stats", day).rows == 1
        run.layers(span=day)
        assert run.editions() == {1990}
        documents = oracle.truth([file], SECRET, 1990)
        assert run.documents(1990) == {key: oracle.as_json(told).encode() for key, told in documents.items()}


def test_what_a_quarantined_row_said_can_be_read(pipeline: Pipeline) -> None:
    """An operator sees the whole row as it landed, not only that it was left out."""
    pipeline.land(the_file(request(id="it's", read_bytes=-5, duration=0.5)))
    with pipeline.open() as run:
        run.take_in("pipe_stats")
        told = "content ->> 'request_id', content ->> 'read_bytes', content ->> 'duration'"
        assert run.rows(f"select {told} from landing.quarantined_rows") == [("it's", "-5", "0.5")]


def test_a_row_with_several_faults_is_one_row_in_quarantine(pipeline: Pipeline) -> None:
    """Counts of quarantined rows are counts of rows."""
    pipeline.land(the_file(request(error=7, duration=NAN, read_bytes=-1)))
    with pipeline.open() as run:
        assert sum(run.take_in("pipe_stats").quarantined_rows.values()) == 1
        assert len(quarantine(run)) == 1


def test_a_flag_of_a_wide_type_may_say_anything_and_only_0_and_1_count(pipeline: Pipeline) -> None:
    """-1, 256 and 2^40 do not fit a byte: their rows are set aside, not their file."""
    file = the_file(*(request(id=f"r{number}") for number in range(5)))
    land_edited(pipeline, file, with_column("error", pa.array([0, 1, -1, 256, 2**40], pa.int64())))
    with pipeline.open() as run:
        run.take_in("pipe_stats")
        run.raw("pipe_stats")
        assert quarantine(run) == [("export", "error is neither 0 nor 1", 3)]
        assert raw_ids(run) == ["r0", "r1"]


# ---- Files that cannot be right


@pytest.mark.parametrize(
    ("breaking", "reason"),
    judged(
        [
            (truncated, "not a readable Parquet file"),
            (not_parquet, "not a readable Parquet file"),
            (no_bytes, "not a readable Parquet file"),
            (bad_pages, "its pages cannot be read"),
            (
                lambda file: without_column(file, "organization_id"),
                "required column organization_id is missing",
            ),
            (
                lambda file: wrong_type(file, "exported_at"),
                "column exported_at is string, expected a timestamp",
            ),
        ]
    ),
)
def test_a_broken_file_is_set_aside_whole_and_all_others_load(
    pipeline: Pipeline, breaking: Callable[[LandingFile], LandingFile], reason: str
) -> None:
    """Beside it in the same folder, before and after it by name; events and snapshots alike."""
    rows = (request(), operation(), reading(), organization(), workspace())
    for row in rows:
        before, broken, after = (the_file(row, name=name) for name in ("a", "b", "c"))
        pipeline.land(before, breaking(broken), after)
    with pipeline.open() as run:
        for row in rows:
            report = run.take_in(family_of(row))
            assert (report.files, report.rows) == (3, 2)
            assert [file.reason[: len(reason)] for file in report.quarantined_files] == [reason]
        assert [(name, rows) for name, _, rows in quarantine(run)] == [("b", None)] * 5


def test_each_required_column_is_required(pipeline: Pipeline) -> None:
    """A file without it is set aside, and the reason names the column."""
    required = [column for column in COLUMNS["pipe_stats"] if column not in NULLABLE["pipe_stats"]]
    pipeline.land(*(without_column(the_file(request(), name=column), column) for column in required))
    with pipeline.open() as run:
        run.take_in("pipe_stats")
        missing = [(column, f"required column {column} is missing", None) for column in sorted(required)]
        assert sorted(quarantine(run)) == missing


@pytest.mark.parametrize(
    ("column", "values", "seen"),
    judged(
        [
            ("read_bytes", pa.array([1.0], pa.float32()), "column read_bytes is float, expected an integer"),
            ("start_datetime", pa.array([date(2025, 3, 1)]), "column start_datetime is date32[day]"),
            ("organization_id", pa.array([7]), "column organization_id is int64, expected text"),
            ("organization_id", pa.array([b"org"]), "column organization_id is binary, expected text"),
            ("error", pa.array(["0"]), "column error is string, expected 0 or 1"),
            ("duration", pa.array(["0.5"]), "column duration is string, expected a number"),
        ]
    ),
)
def test_a_column_of_a_type_that_cannot_mean_it_sets_the_file_aside(
    pipeline: Pipeline, column: str, values: Any, seen: str
) -> None:
    """Nothing is guessed: text is not parsed into numbers, nor short floats taken for counters."""
    land_edited(pipeline, the_file(request()), with_column(column, values))
    with pipeline.open() as run:
        run.take_in("pipe_stats")
        ((_, reason, rows),) = quarantine(run)
        assert reason.startswith(seen)
        assert rows is None


@pytest.mark.parametrize(
    ("key", "place"),
    judged(
        [
            ("pipe_stats/dt=2025-03-01/stray.parquet", "<family>/dt=YYYY-MM-DD/region=<region>/<name>"),
            ("pipe_stats/dt=2025-03-01/eu/export.parquet", "<family>/dt=YYYY-MM-DD/region=<region>/<name>"),
            (
                "pipe_stats/dt=2025-03-01/region=/export.parquet",
                "<family>/dt=YYYY-MM-DD/region=<region>/<name>",
            ),
            (
                "pipe_stats/dt=2025-03-01/region=e u/x.parquet",
                "<family>/dt=YYYY-MM-DD/region=<region>/<name>",
            ),
            ("organizations/stray.parquet", "<dimension>/region=<region>/<name>"),
        ]
    ),
)
def test_a_misplaced_file_is_set_aside_and_says_where_it_belongs(
    pipeline: Pipeline, key: str, place: str
) -> None:
    """A file that names no region is not guessed into one."""
    family = key.partition("/")[0]
    file = the_file(organization() if family in DIMENSIONS else request())
    path = pipeline.landing / key
    path.parent.mkdir(parents=True)
    path.write_bytes(content(file))
    with pipeline.open() as run:
        run.take_in(family)
        ((_, reason, rows),) = quarantine(run)
        assert (reason, rows) == (f"its key is not {place}", None)


# ---- Files that only look odd


def test_an_optional_column_may_be_missing_and_an_unknown_one_is_ignored(pipeline: Pipeline) -> None:
    """Files of last year's writer and of next year's load side by side."""
    files = [
        without_column(the_file(request(id="old"), name="old"), "user_agent"),
        extra_column(the_file(request(id="new"), name="new")),
        the_file(request(id="now"), name="now"),
        without_column(the_file(operation(), name="old"), "error"),
        without_column(the_file(organization(), name="old"), "customer_id"),
    ]
    pipeline.build(*files)
    with pipeline.open() as run:
        assert differs_from_oracle(run, files) == {}
        assert run.rows("select request_id, user_agent from raw.pipe_stats order by all") == [
            ("new", "curl/8"),
            ("now", "curl/8"),
            ("old", None),
        ]


@pytest.mark.parametrize(
    "column", judged(["read_bytes", "duration", "status_code", "error", "start_datetime"])
)
def test_a_value_in_another_type_of_the_same_meaning_is_the_same_value(
    pipeline: Pipeline, column: str
) -> None:
    """A counter as int32, seconds as float32, microseconds for milliseconds: beside files of the usual types."""
    files = [widened(the_file(request(id="wide"), name="wide"), column), the_file(request(id="plain"))]
    pipeline.build(*files)
    with pipeline.open() as run:
        assert differs_from_oracle(run, files) == {}
        assert raw_ids(run) == ["plain", "wide"]


@pytest.mark.parametrize(
    "kind",
    judged(
        [
            pa.timestamp("ms", "UTC"),
            pa.timestamp("us", "America/New_York"),
            pa.timestamp("ms", "+05:30"),
            pa.timestamp("s"),
            pa.timestamp("ns"),
            pa.timestamp("ns", "America/New_York"),
        ]
    ),
)
def test_an_instant_is_the_same_instant_in_any_zone_and_unit(pipeline: Pipeline, kind: pa.DataType) -> None:
    """The last second of the year in UTC, the night a clock repeats and the night one skips."""
    files = files_of(
        request(at="2025-12-31T23:59:59", exported_at="2026-01-01T00:04:00"),
        operation(at="2025-10-26T01:30:00"),
        reading(at="2025-03-30T02:30:00"),
        organization(),
    )

    def in_zone(table: pa.Table) -> pa.Table:
        for number, column in enumerate(table.schema):
            if pa.types.is_timestamp(column.type):
                # The same integers, read as UTC; Arrow's cast between zones keeps the instant.
                utc = table.column(number).cast(pa.timestamp(kind.unit)).cast(pa.int64())
                moved = utc.cast(pa.timestamp(kind.unit, "UTC" if kind.tz else None)).cast(kind)
                table = table.set_column(number, column.name, moved)
        return table

    for file in files:
        land_edited(pipeline, file, in_zone)
    pipeline.build()
    with pipeline.open() as run:
        assert differs_from_oracle(run, files) == {}


@pytest.mark.parametrize(
    "kind", judged([pa.large_string(), pa.string_view(), pa.dictionary(pa.int32(), pa.string())])
)
def test_text_is_text_however_it_is_stored(pipeline: Pipeline, kind: pa.DataType) -> None:
    """Long strings, views and dictionaries."""
    file = the_file(request(id="é"))

    def stored(table: pa.Table) -> pa.Table:
        for number, column in enumerate(table.schema):
            if column.type == pa.string():
                values = pa.array(table.column(number).to_pylist(), pa.string())
                values = values.dictionary_encode() if pa.types.is_dictionary(kind) else values.cast(kind)
                table = table.set_column(number, column.name, values)
        return table

    land_edited(pipeline, file, stored)
    pipeline.build()
    with pipeline.open() as run:
        assert differs_from_oracle(run, [file]) == {}


def test_an_empty_file_is_a_file_with_nothing_in_it(pipeline: Pipeline) -> None:
    """It lands, brings no rows and makes no work."""
    pipeline.land(replace(the_file(request()), rows=[]))
    with pipeline.open() as run:
        assert run.take_in("pipe_stats").files == 1
        assert quarantine(run) == []
        assert run.pending().partitions == {}
        assert run.take_in("pipe_stats").files == 0


NAMES = (
    "a[1]",
    "a1",
    "b?",
    "bc",
    "d*",
    "{e,f}",
    "with space",
    "it's",
    'say "hi"',
    "50%",
    "%41",
    "x=y,z",
    "dt=2020-01-01",
    "région 日本 \U0001f680",
    "back\\slash",
    "$year",
    "export.gz",
    "export.csv",
    "s3:",
    "deep/er/still",
)


def test_a_file_may_have_any_name(pipeline: Pipeline) -> None:
    """No name is a pattern, a partition, an escape or a variable: each file brings its own row, once."""
    files = [the_file(request(id=name), name=name) for name in NAMES]
    snapshots = [the_file(workspace(f"ws {name}"), name=name) for name in NAMES]
    pipeline.build(*files, *snapshots)
    with pipeline.open() as run:
        assert raw_ids(run) == sorted(NAMES, key=str.encode)
        assert run.rows("select count(*) from dimensions.workspaces") == [(len(NAMES),)]
        assert differs_from_oracle(run, [*files, *snapshots]) == {}


def test_what_writers_keep_for_themselves_is_not_read(pipeline: Pipeline) -> None:
    """Markers, checksums and half-written files never land, and are not called broken either."""
    pipeline.land(the_file(request()))
    for name in ("_SUCCESS", ".export.parquet.crc", "export.parquet.tmp", "_temporary/0/part.parquet"):
        path = pipeline.landing / "pipe_stats/dt=2025-03-01/region=eu" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"not finished")
    with pipeline.open() as run:
        assert run.take_in("pipe_stats").files == 1
        assert quarantine(run) == []


def test_rows_in_the_wrong_folder_count_on_the_day_they_happened(pipeline: Pipeline) -> None:
    """The folder says where to look, the row says when it was."""
    rows = [request(id="b", at="2025-12-31T23:59:59.999"), request(id="c", at="2026-01-01T00:00:00")]
    file = LandingFile("pipe_stats", "2025-07-01", "eu", "export", rows)
    pipeline.build(file)
    with pipeline.open() as run:
        assert differs_from_oracle(run, [file]) == {}
        assert run.rows("select distinct day from daily.pipe_stats_days order by all") == [
            (date(2025, 12, 31),),
            (date(2026, 1, 1),),
        ]


def test_the_region_of_a_row_is_what_the_row_says(pipeline: Pipeline) -> None:
    """A folder named for another region does not rename it."""
    file = LandingFile("pipe_stats", "2025-03-01", "us", "export", [request(region="eu")])
    pipeline.build(file)
    with pipeline.open() as run:
        assert run.rows("select region from raw.pipe_stats") == [("eu",)]


# ---- Objects that change


def test_a_changed_object_says_what_it_says_now(pipeline: Pipeline) -> None:
    """Rows it no longer holds are gone from every layer, on every day that either version touches."""
    before = LandingFile(
        "pipe_stats", "2025-03-01", "eu", "x", [request(id="a"), request(id="b", at="2025-04-01")]
    )
    after = replace(before, rows=[request(id="a", read_bytes=7), request(id="c", at="2025-05-01")])
    pipeline.build(before)
    pipeline.land(after)
    with pipeline.open() as run:
        run.take_in("pipe_stats")
        assert run.pending().partitions == {
            ("raw", "pipe_stats"): {date(2025, 3, 1), date(2025, 4, 1), date(2025, 5, 1)}
        }
        run.follow()
        assert differs_from_oracle(run, [after]) == {}
        assert run.differences() == []


def test_an_older_version_put_back_is_the_newest_version(pipeline: Pipeline) -> None:
    """What is under the key now counts, not the greatest that ever was."""
    first, second = the_file(request(read_bytes=1)), the_file(request(read_bytes=2))
    for file in (first, second, first):
        pipeline.build(file)
        with pipeline.open() as run:
            assert differs_from_oracle(run, [file]) == {}


@pytest.mark.parametrize("breaking", judged([truncated, bad_pages, no_bytes]))
def test_a_good_object_replaced_by_a_broken_one_no_longer_counts(
    pipeline: Pipeline, breaking: Callable[[LandingFile], LandingFile]
) -> None:
    """Its rows leave every layer and its name is in quarantine; put right, they are back and it has left."""
    good, other = the_file(request(id="a")), the_file(request(id="b"), name="other")
    for files in ([good, other], [breaking(good), other], [good, other]):
        pipeline.build(*files)
        with pipeline.open() as run:
            assert differs_from_oracle(run, files) == {}
            assert len(quarantine(run)) == (0 if files[0] is good else 1)


def test_rows_leave_quarantine_when_their_object_is_mended(pipeline: Pipeline) -> None:
    """And count from then on."""
    broken, mended = (
        the_file(request(id="a"), request(id="b", error=2)),
        the_file(request(id="a"), request(id="b")),
    )
    for file, kept in ((broken, ["a"]), (mended, ["a", "b"]), (broken, ["a"])):
        pipeline.build(file)
        with pipeline.open() as run:
            assert raw_ids(run) == kept
            assert differs_from_oracle(run, [file]) == {}


def test_a_changed_snapshot_says_what_it_says_now(pipeline: Pipeline) -> None:
    """An organization it no longer names is its own customer again, under no name."""
    before = the_file(
        organization("org-1", customer_id="c", name="A"), organization("org-2", customer_id="c")
    )
    after = replace(before, rows=before.rows[:1])
    events = files_of(request("org-1"), request("org-2"))
    pipeline.build(before, *events)
    pipeline.build(after)
    with pipeline.open() as run:
        assert differs_from_oracle(run, [after, *events]) == {}


def test_the_same_object_under_two_names_counts_once(pipeline: Pipeline) -> None:
    """A copy in the folder, and one in the wrong folder."""
    file = the_file(request(id="a"), request(id="b"))
    copies = [file, replace(file, name="copy"), replace(file, name="astray", day="2025-09-09")]
    pipeline.build(*copies)
    with pipeline.open() as run:
        assert raw_ids(run) == ["a", "b"]
        assert differs_from_oracle(run, copies) == {}
        totals = run.writer.landing_totals("pipe_stats", DAYS)
        assert (totals.files, totals.landed_rows, totals.unique_rows, totals.duplicates) == (3, 6, 2, 4)


# ---- Files of which a part is broken, and values that no year holds


def zeroed(file: LandingFile, column: str) -> bytes:
    """The file with the pages of one column lost."""
    whole = content(file)
    group = pq.ParquetFile(io.BytesIO(whole)).metadata.row_group(0)
    chunks = [group.column(number) for number in range(group.num_columns)]
    (lost,) = [chunk for chunk in chunks if chunk.path_in_schema == column]
    start, size = lost.dictionary_page_offset or lost.data_page_offset, lost.total_compressed_size
    return bytes(whole[:start] + bytes(size) + whole[start + size :])


def import_and_refresh(pipeline: Pipeline, file: LandingFile, stored: bytes) -> list[str]:
    """Land the bytes as that file, beside a sound one; the requests that raw has afterwards."""
    pipeline.land(the_file(request("org-2", id="sound"), name="sound"))
    (pipeline.landing / file.key).write_bytes(stored)
    with pipeline.open() as run:
        run.take_in("pipe_stats")
        run.raw("pipe_stats")
        return raw_ids(run)


@pytest.mark.parametrize("column", judged(list(COLUMNS["pipe_stats"])))
def test_a_file_with_any_broken_column_is_set_aside(pipeline: Pipeline, column: str) -> None:
    """Whichever column it is: also one that no rule looks into."""
    file = the_file(request(id="broken"), name="broken")
    assert import_and_refresh(pipeline, file, zeroed(file, column)) == ["sound"]


@pytest.mark.parametrize("column", judged(["start_datetime", "exported_at"]))
def test_a_footer_whose_bounds_are_no_dates_sets_its_file_aside(pipeline: Pipeline, column: str) -> None:
    """DuckDB fails on it while it plans, and only in some company of files: found later, it would stop raw for all of them."""
    file = the_file(request(id="broken"), name="broken")
    stored = content(file)
    footer = len(stored) - 8 - int.from_bytes(stored[-8:-4], "little")
    bound = round(file.rows[0][column].timestamp() * 1000).to_bytes(8, "little")
    assert stored[footer:].count(bound) >= 2
    spoilt = stored[:footer] + stored[footer:].replace(bound, (2**62).to_bytes(8, "little"))

    assert import_and_refresh(pipeline, file, spoilt) == ["sound"]


def test_a_file_whose_text_is_not_utf_8_is_set_aside(pipeline: Pipeline) -> None:
    """Some writers store Latin-1 and call it a string."""
    file = the_file(request(id="latin", pipe_name="caf?"), name="latin")
    stored = content(file).replace(b"caf?", b"caf\xe9")
    assert import_and_refresh(pipeline, file, stored) == ["sound"]


@pytest.mark.parametrize("name", judged(["filename", "FileName", "file_index"]))
@pytest.mark.parametrize("place", judged(["a", "z"]))
def test_an_unknown_column_is_ignored_though_duckdb_has_a_use_for_its_name(
    pipeline: Pipeline, name: str, place: str
) -> None:
    """Before or after a file without it, with a row that cannot be right, and in snapshots."""
    odd = [the_file(request(id="odd"), request(id="bad", error=2), name=place)]
    odd.append(the_file(organization("org-1", customer_id="c"), organization("org-2"), name=place))
    plain = [the_file(request(id="sound"), name="m"), the_file(organization("org-3"), name="m")]
    pipeline.land(*plain)
    for file in odd:
        land_edited(pipeline, file, with_column(name, pa.array(["/var/log/x", "/y"])))
    pipeline.build()
    with pipeline.open() as run:
        assert quarantine(run) == [(place, "error is neither 0 nor 1", 1)]
        assert run.rows("select row_number from landing.quarantined_rows") == [(1,)]
        assert differs_from_oracle(run, odd + plain) == {}


def test_files_that_number_themselves_do_not_mix_up_their_versions(pipeline: Pipeline) -> None:
    """A column `file_index` hides which file a row is from: here both say 0, and the first row of each is another's."""
    files = [
        the_file(request(id="r1", exported_at=at, read_bytes=number), name=f"export-{number}")
        for number, at in enumerate(("2025-03-01T10:05:00", "2025-03-01T10:15:00"))
    ]
    for file in files:
        land_edited(pipeline, file, with_column("file_index", pa.array([0])))
    pipeline.build()
    with pipeline.open() as run:
        assert run.rows("select read_bytes from raw.pipe_stats") == [(1,)]
        assert differs_from_oracle(run, files) == {}


@pytest.mark.parametrize("name", judged(["file_row_number", "File_Row_Number", "landing_path"]))
def test_an_unknown_column_that_our_statements_need_the_name_of_stops_no_other_file(
    pipeline: Pipeline, name: str
) -> None:
    """Its file is set aside with the reason; those beside it load."""
    pipeline.land(the_file(request(id="sound"), name="sound"))
    land_edited(pipeline, the_file(request(), name="odd"), with_column(name, pa.array(["/var/log/x"])))
    with pipeline.open() as run:
        run.take_in("pipe_stats")
        run.raw("pipe_stats")
        assert quarantine(run) == [("odd", f"column {name} has a name that cannot be used", None)]
        assert raw_ids(run) == ["sound"]


def test_an_unknown_column_may_differ_from_a_known_one_by_case(pipeline: Pipeline) -> None:
    """READ_BYTES is not read_bytes: it is ignored, wherever it stands, or the file is set aside."""
    file = the_file(request(read_bytes=1000))
    land_edited(pipeline, file, with_column("READ_BYTES", pa.array([7]), first=True))
    pipeline.build()
    with pipeline.open() as run:
        assert run.rows("select read_bytes from raw.pipe_stats") in ([], [(1000,)])


# 2025-03-01 in milliseconds, called seconds, and the first and last instants that DuckDB knows, in microseconds.
YEAR_57134, YEAR_292278, YEAR_MINUS_290308 = 1_740_823_200_000_000_000, 2**63 - 2, -(2**63) + 10**13
IMPOSSIBLE_YEARS = [
    (YEAR_57134, "is after the year 2299"),
    (YEAR_292278, "is after the year 2299"),
    (YEAR_MINUS_290308, "is before the year 1900"),
    (2**63 - 1, "is not a date"),
]


@pytest.mark.parametrize(("instant", "reason"), judged(IMPOSSIBLE_YEARS))
@pytest.mark.parametrize(
    "columns", judged([["exported_at"], ["start_datetime"], ["start_datetime", "exported_at"]])
)
def test_a_row_of_a_year_that_cannot_be_is_set_aside_alone(
    pipeline: Pipeline, columns: list[str], instant: int, reason: str
) -> None:
    """Milliseconds written as microseconds: the year 57134. The other rows and files load."""
    at = pa.array([1740823200000000, instant]).cast(pa.timestamp("us"))

    def edit(table: pa.Table) -> pa.Table:
        for column in columns:
            table = with_column(column, at)(table)
        return table

    pipeline.land(the_file(request(id="sound"), name="sound"))
    land_edited(pipeline, the_file(request(id="beside"), request(id="far"), name="far"), edit)
    with pipeline.open() as run:
        run.take_in("pipe_stats")
        run.raw("pipe_stats")
        assert quarantine(run) == [("far", f"{columns[0]} {reason}", 1)]
        assert raw_ids(run) == ["beside", "sound"]


@pytest.mark.parametrize(("instant", "reason"), judged(IMPOSSIBLE_YEARS))
def test_a_snapshot_row_of_a_year_that_cannot_be_is_set_aside_alone(
    pipeline: Pipeline, instant: int, reason: str
) -> None:
    """It has no event time; its export time is held to the same years."""
    file = the_file(workspace("ws-1", name="a"), workspace("ws-2"))
    at = pa.array([1740823200000000, instant]).cast(pa.timestamp("us"))
    land_edited(pipeline, file, with_column("exported_at", at))
    with pipeline.open() as run:
        run.take_in("workspaces")
        run.dimension("workspaces")
        assert quarantine(run) == [("export", f"exported_at {reason}", 1)]
        assert run.rows("select workspace_id, name from dimensions.workspaces") == [("ws-1", "a")]


@pytest.mark.parametrize(
    ("instant", "reason"),
    judged(
        [
            ("2300-01-01", "is after the year 2299"),
            ("9999-12-31T23:59", "is after the year 2299"),
            ("1899-12-31T23:59:59.999999", "is before the year 1900"),
            ("0001-01-01", "is before the year 1900"),
        ]
    ),
)
def test_an_export_dated_outside_of_1900_to_2299_is_set_aside_row_by_row(
    pipeline: Pipeline, instant: str, reason: str
) -> None:
    """No engine may hold more than another: ClickHouse knows no other years. A request of the same day is no older than its export."""
    at = dict.fromkeys(("start_datetime", "exported_at"), datetime.fromisoformat(instant))
    pipeline.land(
        the_file(request(id="sound")),
        replace(the_file(request(), name="far"), rows=[request(id="far") | at, request(id="beside")]),
        the_file(workspace("ws-1", exported_at=instant), workspace("ws-2"), name="far"),
    )
    with pipeline.open() as run:
        run.follow()
        assert quarantine(run) == [
            ("far", f"start_datetime {reason}", 1),
            ("far", f"exported_at {reason}", 1),
        ]
        assert raw_ids(run) == ["beside", "sound"]
        assert run.rows("select workspace_id from dimensions.workspaces") == [("ws-2",)]


def test_the_first_and_the_last_day_that_clickhouse_knows_stop_nothing(pipeline: Pipeline) -> None:
    """The last day of 2299 is possible, and far beyond any calendar; a snapshot may be of 1900."""
    last = dict.fromkeys(("start_datetime", "exported_at"), datetime(2299, 12, 31, 23, 59, 59, 999999))
    file = the_file(request() | last)
    pipeline.land(file, the_file(request()), the_file(workspace(exported_at="1900-01-01")))
    with pipeline.open() as run:
        assert run.take_in("pipe_stats", Span(date(2025, 3, 1), date.max)).rows == 2
        run.follow()
        assert len(raw_ids(run)) == 1
        assert run.rows("select workspace_id from dimensions.workspaces") == [("ws-1",)]
        assert run.pending().partitions == {("raw", "pipe_stats"): {date(2299, 12, 31)}}
        run.raw("pipe_stats", Span(date(2299, 12, 1), date.max))
        assert len(raw_ids(run)) == 2


def test_folders_of_days_that_clickhouse_does_not_know_stop_nothing(pipeline: Pipeline) -> None:
    """Rows count on their own day, whatever the folder's day is; asked for again, they are known."""
    days = ("0001-01-01", "1899-12-31", "2300-01-01", "9999-12-30")
    pipeline.land(*(replace(the_file(request(id=day)), day=day) for day in days))
    with pipeline.open() as run:
        assert run.take_in("pipe_stats", Span(date.min, date.max)).rows == len(days)
        assert run.take_in("pipe_stats", Span(date.min, date.max)).rows == 0
        run.raw("pipe_stats")
        assert raw_ids(run) == sorted(days)


def test_a_time_that_duckdb_cannot_read_at_all_sets_only_its_file_aside(pipeline: Pipeline) -> None:
    """Milliseconds of the year 292279: its reader fails before any cast of ours."""
    at = pa.array([1740823200000, 2**62]).cast(pa.timestamp("ms"))
    reason = "its footer says that start_datetime holds what is no date"
    pipeline.land(the_file(request(id="sound"), name="sound"))
    odd = the_file(request(id="a"), request(id="b"), name="odd")
    land_edited(pipeline, odd, with_column("start_datetime", at))
    with pipeline.open() as run:
        run.take_in("pipe_stats")
        run.raw("pipe_stats")
        assert quarantine(run) == [("odd", reason, None)]
        assert raw_ids(run) == ["sound"]


def test_a_duration_that_rounds_to_the_limit_is_over_it(pipeline: Pipeline) -> None:
    """2^45 microseconds or more is impossible: no row in raw says 2^45."""
    file = the_file(request(duration=(2**45 - 0.3) / 1e6))
    pipeline.build(file)
    with pipeline.open() as run:
        assert differs_from_oracle(run, [file]) == {}


def test_a_name_that_cannot_be_a_key_stops_no_other_file(pipeline: Pipeline) -> None:
    """A line feed in a file's name: that file is named as unread, those beside it load."""
    pipeline.land(the_file(request(id="sound"), name="sound"), the_file(request(), name="line\nfeed"))
    with pipeline.open() as run:
        done = run.import_family("pipe_stats")
        run.raw("pipe_stats")
        assert len(done.unread) == 1
        assert raw_ids(run) == ["sound"]


def test_a_snapshot_whose_name_cannot_be_a_key_stops_no_other(pipeline: Pipeline) -> None:
    """A line feed in its name: the other snapshots and the whole rest of the import go on."""
    pipeline.land(the_file(workspace(), name="sound"), the_file(workspace(), name="line\nfeed"))
    with pipeline.open() as run:
        done = import_dimension(run.writer, run.store, "workspaces", NOW)
        assert (done.report.files, len(done.unread)) == (1, 1)


def test_a_file_that_goes_before_it_is_read_is_left_out(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Listed and handed out, then gone: the others are imported, it is told, and the same version is taken when it comes back."""
    gone = the_file(request(id="gone"), name="gone")
    pipeline.land(gone, the_file(request(id="stays"), name="stays"))
    away = pipeline.landing / "away"
    bring = Folder.bring

    def and_gone(self: Folder, item: LandingObject, *how: Any) -> Path | Problem:
        path = bring(self, item, *how)
        if item.key == gone.key:
            (pipeline.landing / gone.key).rename(away)
        return path

    with pipeline.open() as run:
        with monkeypatch.context() as patches:
            patches.setattr(Folder, "bring", and_gone)
            done = run.import_family("pipe_stats")
        assert (done.report.files, done.unread) == (1, {gone.key: "vanished"})
        run.raw("pipe_stats")
        assert raw_ids(run) == ["stays"]

        away.rename(pipeline.landing / gone.key)
        run.take_in("pipe_stats")
        run.raw("pipe_stats")
        assert raw_ids(run) == ["gone", "stays"]


def test_a_day_is_rebuilt_from_a_restored_folder_though_its_rows_lie_in_others_too(
    pipeline: Pipeline,
) -> None:
    """The same bytes under new etags: what the day needs of other days' folders is imported again, and no file counts as gone."""
    own = the_file(request(id="own", at="2025-03-01T10:00"), name="own")
    (other,) = files_of(request(id="of March 2", at="2025-03-02T10:00"), name="late")
    other = replace(other, rows=[*other.rows, request(id="late", at="2025-03-01T23:00")])
    pipeline.build(own, other)
    for path in sorted(pipeline.landing.rglob("*.parquet")):
        shutil.copyfile(path, f"{path}.tmp")
        os.utime(path.with_name(f"{path.name}.tmp"), (1, 1))
        path.with_name(f"{path.name}.tmp").rename(path)

    march_1 = Span.day(date(2025, 3, 1))
    with pipeline.open() as run:
        run.import_family("pipe_stats", march_1)
        refresh_raw(run.writer, run.store, "pipe_stats", march_1, True, NOW, say_nothing)

        assert raw_ids(run) == ["late", "of March 2", "own"]
