"""What raw promises: of each key one row, the same one whatever came first, and never less than landed."""

import itertools
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pyarrow as pa  # type: ignore[import-untyped, unused-ignore]
import pyarrow.parquet as pq  # type: ignore[import-untyped, unused-ignore]
import pytest

from tests.landing_files import LandingFile, Row, content, files_of, operation, reading, request
from tests.pipeline import FAMILIES, RAW_COLUMNS, Pipeline, Run, differs_from_oracle, expected_tables
from wrapped_assets import queries
from wrapped_assets.periods import Span
from wrapped_assets.resources.checks import CHECKS
from wrapped_assets.resources.errors import DuplicateKeys, LandingFilesGone

MARCH_1 = Span.day(date(2025, 3, 1))


def the_file(*rows: Row, name: str = "export") -> LandingFile:
    """The one file that holds these rows."""
    (file,) = files_of(*rows, name=name)
    return file


def raw(run: Run, family: str = "pipe_stats") -> list[tuple[Any, ...]]:
    """Raw as it lies in the table, in no order but its own."""
    return run.rows(f"select rowid, * from raw.{family}")


def raw_ids(run: Run) -> list[str]:
    """The requests that stand in raw."""
    return [id for (id,) in run.rows("select request_id from raw.pipe_stats order by all")]


# ---- The winner


VERSIONS = [
    request(exported_at="2025-03-01T10:15:00", workspace_id="ws-1", read_bytes=8),
    request(exported_at="2025-03-01T10:05:00", workspace_id="ws-9", read_bytes=9),
    request(exported_at="2025-03-01T10:15:00", workspace_id="ws-2", read_bytes=6),
    request(exported_at="2025-03-01T10:15:00", workspace_id="ws-2", read_bytes=7),
]


def test_the_winner_does_not_depend_on_the_order_of_imports(pipeline: Pipeline) -> None:
    """The newest export wins, equal ones by their own values: four imports, each merged before the next, in all orders."""
    orders = list(itertools.permutations(VERSIONS))
    with pipeline.open() as run:
        for step in range(len(VERSIONS)):
            rows = [order[step] | {"request_id": f"r{number}"} for number, order in enumerate(orders)]
            pipeline.land(the_file(*rows, name=f"export-{step}"))
            run.take_in("pipe_stats")
            run.raw("pipe_stats")
        winners = run.rows("select workspace_id, read_bytes, count(*) from raw.pipe_stats group by all")
        assert winners == [("ws-2", 7, len(orders))]
        assert run.differences("raw") == []


# What two rows of one version may differ in; the second wins.
CONFLICTS: list[tuple[Row, Row]] = [
    (request(pipe_name="Z"), request(pipe_name="a")),
    (request(pipe_name="\uffee"), request(pipe_name="\U0001f680")),
    (request(pipe_name=""), request(pipe_name=" ")),
    (request(user_agent=None), request(user_agent="")),
    (request(user_agent=""), request(user_agent="curl")),
    (request(region="eu"), request(region="us")),
    (request(pipe_id="b", pipe_name="z"), request(pipe_id="c", pipe_name="a")),
    (request(workspace_id="ws-1", pipe_id="z"), request(workspace_id="ws-2", pipe_id="a")),
    (request(status_code=200, error=1), request(status_code=404, error=0)),
    (request(error=0, duration=9.0), request(error=1, duration=1.0)),
    (request(duration=1.0, read_bytes=9), request(duration=1.000001, read_bytes=1)),
    (request(read_bytes=2**63, read_rows=9), request(read_bytes=2**64 - 1, read_rows=1)),
    (request(read_rows=2, result_rows=9), request(read_rows=10, result_rows=1)),
    (request(result_rows=2, cpu_time=9.0), request(result_rows=10, cpu_time=1.0)),
    (request(cpu_time=9.0, method="POST"), request(cpu_time=10.0, method="GET")),
    (request(method="DELETE", user_agent="z"), request(method="GET", user_agent="a")),
    (request(status_code=None, error=1), request(status_code=0, error=None)),
    (request(error=None), request(error=0)),
    (request(duration=None), request(duration=0.0)),
    (request(result_rows=None), request(result_rows=0)),
    (request(method=None), request(method="")),
    (operation(elapsed_time=None), operation(elapsed_time=0.0)),
    (operation(error=None), operation(error="")),
    (operation(result="error", error="z"), operation(result="ok", error=None)),
    (operation(written_rows=2, written_bytes=9), operation(written_rows=10, written_bytes=1)),
    (reading(datasource_name="B", bytes=9), reading(datasource_name="a", bytes=1)),
    (reading(rows=2, rows_quarantine=9), reading(rows=10, rows_quarantine=1)),
]


def conflicting_files() -> tuple[list[LandingFile], list[LandingFile]]:
    """Files of losers and files of winners, a key for each conflict."""
    ids = {"request_id": "r", "operation_id": "o", "datasource_id": "d"}
    sides: tuple[list[Row], list[Row]] = ([], [])
    for number, pair in enumerate(CONFLICTS):
        for side, row in zip(sides, pair, strict=True):
            own = {column: f"{prefix}{number}" for column, prefix in ids.items() if column in row}
            # In one region's folder: the conflict is in what the rows say.
            side.append(row | own)
    return (
        _by_family(sides[0], "lesser"),
        _by_family(sides[1], "greater"),
    )


def _joined(first: LandingFile, second: LandingFile) -> LandingFile:
    return replace(first, rows=[*first.rows, *second.rows])


def _by_family(rows: list[Row], name: str) -> list[LandingFile]:
    files = files_of(*rows, name=name)
    held: dict[str, list[Row]] = {}
    for file in files:
        held.setdefault(file.family, []).extend(file.rows)
    return [LandingFile(family, "2025-03-01", "eu", name, contents) for family, contents in held.items()]


@pytest.mark.parametrize(
    "way",
    ["together", "rebuilt", "lesser first", "greater first", "in one file", "in one file, turned round"],
)
def test_equal_versions_that_disagree_are_settled_by_what_they_say(pipeline: Pipeline, way: str) -> None:
    """Column by column, text by its UTF-8 bytes, null below everything; merged, rebuilt or met in one file alike."""
    lesser, greater = conflicting_files()
    batches = {
        "together": [lesser + greater],
        "rebuilt": [lesser + greater],
        "lesser first": [lesser, greater],
        "greater first": [greater, lesser],
        "in one file": [[_joined(*pair) for pair in zip(lesser, greater, strict=True)]],
        "in one file, turned round": [[_joined(*pair) for pair in zip(greater, lesser, strict=True)]],
    }[way]
    with pipeline.open() as run:
        for batch in batches:
            pipeline.land(*batch)
            run.import_everything()
            for family in FAMILIES:
                run.raw(family, full=way == "rebuilt")
        expected = expected_tables(greater)
        for family in FAMILIES:
            assert run.tables()[f"raw.{family}"] == sorted(expected[f"raw.{family}"], key=repr)


def test_numbers_keep_every_bit_and_durations_become_whole_microseconds(pipeline: Pipeline) -> None:
    """2^64 - 1 stays what it is; half a microsecond rounds up, and minus zero is zero."""
    seconds = [0.0, -0.0, 4.9e-7, 5e-7, 1.5e-6, 0.000255, 1.0000005, (2**45 - 1) / 1e6]
    rows = [request(id=f"r{n}", duration=value, cpu_time=value) for n, value in enumerate(seconds)]
    pipeline.build(the_file(request(id="big", read_bytes=2**64 - 1), *rows))
    with pipeline.open() as run:
        assert run.rows("select read_bytes from raw.pipe_stats where request_id = 'big'") == [(2**64 - 1,)]
        kept = run.rows(
            "select duration_us, cpu_time_us from raw.pipe_stats where request_id <> 'big' order by request_id"
        )
        microseconds = [0, 0, 0, 1, 2, 255, 1000001, 2**45 - 1]
        assert kept == [(value, value) for value in microseconds]


def test_times_finer_than_raw_keeps_make_no_second_row(pipeline: Pipeline) -> None:
    """Two versions whose nanoseconds differ have one key once they are microseconds: the newer export is the row."""
    file = the_file(request(read_bytes=1), request(read_bytes=2, exported_at="2025-03-01T10:06:00"))
    at = pa.array([1740823200000000001, 1740823200000000400]).cast(pa.timestamp("ns"))
    table = pq.read_table(BytesIO(content(file)))
    path = pipeline.landing / file.key
    path.parent.mkdir(parents=True)
    pq.write_table(table.set_column(table.column_names.index("start_datetime"), "start_datetime", at), path)
    pipeline.build()
    with pipeline.open() as run:
        assert run.rows("select start_datetime, read_bytes from raw.pipe_stats") == [
            (datetime(2025, 3, 1, 10), 2)
        ]


def test_rows_of_one_key_may_come_from_two_regions(pipeline: Pipeline) -> None:
    """An organization that moved: still one row, the newer export."""
    moved = request(region="us", exported_at="2025-03-01T11:00:00")
    pipeline.build(*files_of(request(region="eu"), moved))
    with pipeline.open() as run:
        assert run.rows("select region from raw.pipe_stats") == [("us",)]


def test_keys_that_differ_in_any_part_are_different_rows(pipeline: Pipeline) -> None:
    """Ids differing by case, by a space, by organization, by a millisecond; operations by each part of their key."""
    rows = [
        request(id="r"),
        request(id="R"),
        request(id="r "),
        request("org-2", id="r"),
        request(id="r", at="2025-03-01T10:00:00.001"),
        operation(),
        operation("org-2"),
        operation(id="o2"),
        operation(datasource_id="ds-2"),
        operation(event_type="copy"),
        operation(at="2025-03-01T10:00:00.001"),
        reading(),
        reading("org-2"),
        reading(id="ds-2"),
        reading(at="2025-03-01T10:00:00.001"),
    ]
    files = files_of(*rows, name="a") + files_of(*rows, name="b")
    pipeline.build(*files)
    with pipeline.open() as run:
        assert [len(raw(run, family)) for family in FAMILIES] == [5, 6, 4]
        assert differs_from_oracle(run, files) == {}


# ---- Merging and rebuilding


def test_a_refresh_takes_only_what_landed_since(pipeline: Pipeline) -> None:
    """The old files may be gone by then: a merge does not need them."""
    old, new = (
        the_file(request(id="a"), name="old"),
        the_file(request(id="b"), request(id="a", read_bytes=5), name="new"),
    )
    pipeline.build(old)
    pipeline.vanish(old)
    pipeline.land(new)
    with pipeline.open() as run:
        run.take_in("pipe_stats")
        report = run.raw("pipe_stats")
        assert (report.rebuilt, report.merged) == (0, 1)
        assert run.rows("select request_id, read_bytes from raw.pipe_stats order by all") == [
            ("a", 1000),
            ("b", 1000),
        ]


def test_a_refresh_with_nothing_new_does_nothing(pipeline: Pipeline) -> None:
    """And makes no work for the layers above."""
    pipeline.build(*files_of(request(), operation(), reading()))
    with pipeline.open() as run:
        for family in FAMILIES:
            report = run.raw(family)
            assert (report.rebuilt, report.merged, report.rows) == (0, 0, {date(2025, 3, 1): 1})
        assert run.pending().partitions == {}


def test_a_file_of_several_days_is_merged_day_by_day(pipeline: Pipeline) -> None:
    """Refreshing one of its days leaves the others to be done, and done they are."""
    rows = [request(id=f"r{day}", at=f"2025-03-0{day}T23:59:59.999") for day in (1, 2, 3)]
    file = LandingFile("pipe_stats", "2025-03-01", "eu", "export", rows)
    pipeline.land(file)
    with pipeline.open() as run:
        run.take_in("pipe_stats")
        run.raw("pipe_stats", Span.day(date(2025, 3, 2)))
        assert raw_ids(run) == ["r2"]
        assert run.pending().partitions["raw", "pipe_stats"] == {date(2025, 3, 1), date(2025, 3, 3)}
        run.raw("pipe_stats")
        assert raw_ids(run) == ["r1", "r2", "r3"]


@pytest.mark.parametrize("read_bytes", [[1], [1, 2]], ids=["agreed", "contested"])
def test_midnight_belongs_to_the_day_it_begins(pipeline: Pipeline, read_bytes: list[int]) -> None:
    """Of a file with rows on both sides of it each day takes its own, merged or rebuilt, whether versions agree or not."""
    last = [request(id="last", at="2025-03-01T23:59:59.999", read_bytes=each) for each in read_bytes]
    rows = [*last, request(id="midnight", at="2025-03-02")]
    pipeline.land(LandingFile("pipe_stats", "2025-03-01", "eu", "export", rows))
    with pipeline.open() as run:
        run.take_in("pipe_stats")
        run.raw("pipe_stats", MARCH_1)
        assert raw_ids(run) == ["last"]
        run.raw("pipe_stats")
        run.raw("pipe_stats", MARCH_1, full=True)
        assert raw_ids(run) == ["last", "midnight"]


@pytest.mark.parametrize("rows_at_once", [1, 3])
def test_a_range_too_large_for_one_piece_ends_in_the_same_rows(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch, rows_at_once: int
) -> None:
    """However the days are cut into pieces, days without rows between them; merged and rebuilt."""
    monkeypatch.setattr("wrapped_assets.resources.duckdb.raw.CHUNK_ROWS", rows_at_once)
    monkeypatch.setattr("wrapped_assets.resources.duckdb.rollups.CHUNK_ROWS", rows_at_once)
    days = ("2025-02-27", "2025-02-28", "2025-03-01", "2025-03-03")
    first = [request(id=f"r{n}", at=f"{day}T00:00:00") for day in days for n in range(2)]
    second = [request(id=f"r{n}", at=f"{day}T23:59:59.999", read_bytes=n) for day in days for n in range(2)]
    files = files_of(*first, name="a") + files_of(*second, *first[:3], name="b")
    pipeline.build(*files_of(*first, name="a"))
    pipeline.build(*files)
    with pipeline.open() as run:
        assert differs_from_oracle(run, files) == {}
        run.layers(full=True)
        assert differs_from_oracle(run, files) == {}


# ---- Objects that are gone


def test_a_vanished_object_stays_with_all_it_brought(pipeline: Pipeline) -> None:
    """A lifecycle rule takes nothing from anybody."""
    files = files_of(request(), operation(), reading())
    pipeline.build(*files)
    pipeline.vanish(*files)
    with pipeline.open() as run:
        run.follow()
        assert differs_from_oracle(run, files) == {}


@pytest.mark.duckdb("a vanished object stands in the way of a rebuild from files; ClickHouse has the rows")
def test_a_rebuild_that_needs_a_vanished_object_refuses_and_changes_nothing(pipeline: Pipeline) -> None:
    """It names the object; that day stays byte for byte, the other days of the range are rebuilt."""
    gone = the_file(request(id="gone"), name="gone")
    files = [gone, the_file(request(id="here"), name="here"), *files_of(request(id="next", at="2025-03-02"))]
    pipeline.build(*files)
    pipeline.vanish(gone)
    with pipeline.open() as run:
        before = [row for row in raw(run) if row[1].day == 1]
        # So that a rebuild of the other day can be seen.
        run.con.execute("update raw.pipe_stats set read_bytes = 7 where request_id = 'next'")
        with pytest.raises(LandingFilesGone, match="region=eu/gone.parquet: vanished") as refused:
            run.raw("pipe_stats", full=True)
        assert "here.parquet" not in str(refused.value)
        assert [row for row in raw(run) if row[1].day == 1] == before
        assert run.rows("select read_bytes from raw.pipe_stats where request_id = 'next'") == [(1000,)]
        assert run.pending().partitions == {("hourly", "pipe_stats"): {date(2025, 3, 2)}}


@pytest.mark.duckdb("a vanished object stands in the way of a rebuild from files; ClickHouse has the rows")
def test_a_check_that_needs_a_vanished_object_is_no_pass(pipeline: Pipeline) -> None:
    """What cannot be compared is not reported as equal."""
    gone = the_file(request())
    pipeline.build(gone)
    pipeline.vanish(gone)
    (lost,) = [check for check in CHECKS if check.statement == "lost_keys" and check.family == "pipe_stats"]
    with pipeline.open() as run:
        with pytest.raises(LandingFilesGone):
            run.violations(lost)
        with pytest.raises(LandingFilesGone):
            run.differences()


def test_an_object_put_back_can_be_rebuilt_from_again(pipeline: Pipeline) -> None:
    """From a backup it comes as another version with the same rows."""
    gone = the_file(request())
    pipeline.build(gone)
    pipeline.vanish(gone)
    pipeline.land(gone)
    with pipeline.open() as run:
        run.follow(full=True)
        assert differs_from_oracle(run, [gone]) == {}


@pytest.mark.duckdb("a vanished object stands in the way of a rebuild from files; ClickHouse has the rows")
def test_an_object_changed_since_its_import_is_not_read_as_the_old_one(pipeline: Pipeline) -> None:
    """The rebuild refuses and says so; once imported again, the new content counts."""
    file = the_file(request(read_bytes=1))
    changed = the_file(request(read_bytes=2))
    pipeline.build(file)
    pipeline.land(changed)
    with pipeline.open() as run:
        with pytest.raises(LandingFilesGone, match="changed"):
            run.raw("pipe_stats", full=True)
        assert run.rows("select read_bytes from raw.pipe_stats") == [(1,)]
        run.follow()
        assert run.rows("select read_bytes from raw.pipe_stats") == [(2,)]


@pytest.mark.duckdb("a vanished object stands in the way of a rebuild from files; ClickHouse has the rows")
def test_a_file_that_vanished_before_it_was_merged_is_waited_for(pipeline: Pipeline) -> None:
    """The others are merged, the refresh fails and names it, and it is merged once it is back."""
    pipeline.build(the_file(request(id="old"), name="old"))
    gone, here = the_file(request(id="gone"), name="gone"), the_file(request(id="here"), name="here")
    pipeline.land(gone, here)
    with pipeline.open() as run:
        run.take_in("pipe_stats")
        hidden = (pipeline.landing / gone.key).rename(pipeline.home / "aside")
        for _ in range(2):
            with pytest.raises(LandingFilesGone, match="gone.parquet: vanished"):
                run.raw("pipe_stats")
            assert raw_ids(run) == ["here", "old"]
        hidden.rename(pipeline.landing / gone.key)
        run.raw("pipe_stats")
        assert raw_ids(run) == ["gone", "here", "old"]
        assert ("raw", "pipe_stats") not in run.pending().partitions


# ---- The checks


@pytest.mark.duckdb("breaks the statement of DuckDB on purpose")
def test_a_key_that_would_stand_twice_is_refused_before_anyone_sees_it(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Should the statement that picks the winners ever be wrong, the table stays as it was, merged or rebuilt."""
    pipeline.build(the_file(request(id="old"), name="old"))
    right = queries.text

    def wrong(name: str) -> str:
        every_row = right(name).replace(
            "from landed\n    group by {key}", "from landed\n    group by {key}, position"
        )
        return every_row.replace("qualify row_number() over", "qualify true or row_number() over")

    monkeypatch.setattr(queries, "text", wrong)
    pipeline.land(the_file(request(), request(), name="twice"))
    with pipeline.open() as run:
        run.take_in("pipe_stats")
        for full in (False, True):
            with pytest.raises(DuplicateKeys, match="r1"):
                run.raw("pipe_stats", full=full)
            assert raw_ids(run) == ["old"]
        assert run.pending().partitions == {("raw", "pipe_stats"): {date(2025, 3, 1)}}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """A warehouse with two organizations in each family. What a test does to it must be undone."""
    pipeline = Pipeline(tmp_path_factory.mktemp("built"))
    rows = [request(user_agent=None), operation(error=None), reading()]
    pipeline.build(*files_of(*rows, *(row | {"organization_id": "org-2"} for row in rows)))
    with pipeline.open() as run:
        yield run


@pytest.mark.parametrize("family", FAMILIES)
def test_a_key_planted_twice_is_reported(built: Run, family: str) -> None:
    """By the check of that table; the rollup, which holds it once, no longer adds up to it either."""
    copy = f"insert into raw.{family} from raw.{family} where organization_id = 'org-2'"
    with built.damaged(copy):
        assert built.broken() == {(f"raw.{family}", "keys_are_unique"), (f"hourly.{family}", "conserves_raw")}
        assert _offenders(built, "duplicates", family) == ["org-2"]


@pytest.mark.parametrize("family", FAMILIES)
def test_a_lost_row_is_reported(built: Run, family: str) -> None:
    """By the check that reads the landing files again."""
    with built.damaged(f"delete from raw.{family} where organization_id = 'org-2'"):
        assert built.broken() == {(f"raw.{family}", "nothing_is_lost"), (f"hourly.{family}", "conserves_raw")}
        assert _offenders(built, "lost_keys", family) == ["org-2"]


def test_a_check_counts_every_row_that_breaks_it_and_shows_five(pipeline: Pipeline) -> None:
    """Eight organizations were never merged, then never rolled up: eight lost keys, and eight rows of each rollup's table."""
    pipeline.land(*files_of(*(request(f"org-{n}", id=f"r-{n}") for n in range(8))))
    folder = pipeline.landing / "pipe_stats" / "dt=2025-03-01" / "region=eu"
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(7):
        (folder / f"spoilt-{number}.parquet").write_bytes(b"no Parquet")
    with pipeline.open() as run:
        run.take_in("pipe_stats")
        assert run.count("lost_keys", "pipe_stats") == (8, 5)
        assert run.count("quarantine", "pipe_stats") == (7, 5)
        run.raw("pipe_stats")
        assert run.count("lost_keys", "pipe_stats") == (0, 0)
        assert run.count("conserved_hourly", "pipe_stats") == (8 * 4, 5)
        assert run.count("duplicates", "pipe_stats") == (0, 0)


def test_no_check_counts_five_where_there_are_more() -> None:
    """What is shown of a breach is cut in one place, after it was counted."""
    for engine in ("duckdb", "clickhouse"):
        for path in (Path(queries.__file__).parent.parent / "sql" / engine / "checks").glob("*.sql"):
            if path.stem not in ("examples", "rebuilt"):
                assert "limit" not in path.read_text().split(), path


def _offenders(run: Run, statement: str, family: str) -> list[str]:
    (check,) = [each for each in CHECKS if each.statement == statement and each.family == family]
    return [found["organization_id"] for found in run.violations(check)]


@pytest.mark.parametrize("family", FAMILIES)
def test_any_wrong_value_in_raw_is_found_by_the_deep_comparison(built: Run, family: str) -> None:
    """Every column is compared with the rebuild, null or not; both sides of the difference are shown."""
    description = built.rows(f"select column_name, column_type from (describe raw.{family})")
    assert {name for name, _ in description} == set(RAW_COLUMNS[family])
    for column, kind in description:
        other = {"VARCHAR": "'other'", "TIMESTAMP": "timestamp '2025-03-01 11:11:11'"}.get(kind, "1")
        damage = f"update raw.{family} set {column} = {other} where organization_id = 'org-2'"
        with built.damaged(damage):
            assert sorted(
                (each["in_table"], each["side"]) for each in built.differences("raw", span=MARCH_1)
            ) == [
                (f"raw.{family}", "rebuilt"),
                (f"raw.{family}", "stored"),
            ], column


def test_checks_look_at_the_year_they_are_asked_about(built: Run) -> None:
    """A breach in another year is another year's."""
    with built.damaged("insert into raw.pipe_stats from raw.pipe_stats"):
        assert built.broken(2024) == set()
        assert ("raw.pipe_stats", "keys_are_unique") in built.broken(2025)


def test_versions_that_disagree_are_counted_and_only_a_warning(pipeline: Pipeline) -> None:
    """One key, one `exported_at`, two contents: told with the key. The same row twice, or a newer version, is not."""
    rows = [request(id=id) for id in ("contested", "repeated", "newer")]
    again = [
        request(id="contested", read_bytes=1),
        request(id="repeated"),
        request(id="newer", read_bytes=1, exported_at="2025-03-01T12:00:00"),
    ]
    pipeline.build(*files_of(*rows, name="a"), *files_of(*again, name="b"))
    (check,) = [each for each in CHECKS if each.name == "versions_agree" and each.family == "pipe_stats"]
    with pipeline.open() as run:
        told = [(row["request_id"], row["landing_rows"]) for row in run.violations(check)]
        assert (told, check.warning) == ([("contested", 2)], True)
        assert run.violations(check, 2024) == []
        assert run.broken() == {("raw.pipe_stats", "versions_agree")}
