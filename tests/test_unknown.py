"""What no producer knows is unknown: never 0, never 100 %, from the landing file to the document."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from tests.examples import judged
from tests.landing_files import (
    NULLABLE,
    LandingFile,
    Row,
    files_of,
    operation,
    reading,
    request,
    without_column,
)
from tests.live import said as said_live
from tests.live import serving
from tests.pipeline import SECRET, Pipeline, Run, differs_from_oracle, fact
from tests.test_summaries_of_pipeline import summaries
from wrapped_assets.resources.identity import wrapped_id
from wrapped_assets.serving.api.endpoints import load_endpoints
from wrapped_assets.serving.live.live import Live

pytestmark = pytest.mark.proof

UNKNOWN_REQUEST = dict.fromkeys(NULLABLE["pipe_stats"])
UNKNOWN_OPERATION = dict.fromkeys(NULLABLE["ingestion"])


def the_file(*rows: Row, name: str = "export") -> LandingFile:
    """The one file that holds these rows."""
    (file,) = files_of(*rows, name=name)
    return file


def without(file: LandingFile, columns: Sequence[str]) -> LandingFile:
    """The file of a producer that has no such columns."""
    for column in columns:
        file = without_column(file, column)
    return file


def stored_as_nothing(file: LandingFile, columns: Sequence[str]) -> LandingFile:
    """The file of a producer whose columns of nulls have no type."""
    return replace(file, stored=dict.fromkeys(columns, "nothing"))


def is_sound(run: Run, files: Sequence[LandingFile]) -> bool:
    """Every table as the oracle has it and as a rebuild makes it, and no check that finds anything."""
    assert differs_from_oracle(run, files) == {}
    assert run.differences() == []
    # Equal versions that disagree are warned of, as they should be.
    assert run.broken() - {("raw.pipe_stats", "versions_agree")} == set()
    return True


def said(document: dict[str, Any]) -> dict[str, Any]:
    """What the document says of failures, speed and rows."""
    told = document["requests"]
    names = ("total", "errors", "error_rate", "result_rows", "p50_ms", "p99_ms")
    return {name: told[name] for name in names} | {"months": [each["errors"] for each in document["months"]]}


NOTHING_KNOWN = {
    "total": 1,
    "errors": None,
    "error_rate": None,
    "result_rows": None,
    "p50_ms": None,
    "p99_ms": None,
    "months": [0, 0, None, *[0] * 9],
}


@pytest.mark.parametrize("way", judged(["left out", "null", "null without a type"]))
def test_what_a_producer_does_not_know_is_unknown(pipeline: Pipeline, way: str) -> None:
    """However a file says so; the rows load, and every number that others have stays as it is."""
    asked = the_file(request(**UNKNOWN_REQUEST))
    wrote = the_file(operation(**UNKNOWN_OPERATION))
    files = {
        "left out": [without(asked, NULLABLE["pipe_stats"]), without(wrote, NULLABLE["ingestion"])],
        "null": [asked, wrote],
        "null without a type": [
            stored_as_nothing(asked, NULLABLE["pipe_stats"]),
            stored_as_nothing(wrote, NULLABLE["ingestion"]),
        ],
    }[way]
    pipeline.build(*files)
    with pipeline.open() as run:
        assert is_sound(run, files)
        (document,) = summaries(run).values()
        assert said(document) == NOTHING_KNOWN
        assert (document["requests"]["bytes_read"], document["ingestion"]["rows"]) == (1000, 20)


def test_one_request_that_says_nothing_makes_a_sum_unknown(pipeline: Pipeline) -> None:
    """In its month and its year, for its customer; of others, and of other months, everything is known."""
    files = files_of(
        request(id="known", at="2025-02-01T10:00:00", error=1),
        request(id="unknown", at="2025-03-01T10:00:00", error=None, duration=None, result_rows=None),
        request("org-2", id="known", error=1, duration=0.0, result_rows=3),
    )
    pipeline.build(*files)
    with pipeline.open() as run:
        assert is_sound(run, files)
        first, second = sorted(summaries(run).values(), key=lambda told: -told["requests"]["total"])
    assert said(first) == NOTHING_KNOWN | {"total": 2, "months": [0, 1, None, *[0] * 9]}
    assert said(second) == {
        "total": 1,
        "errors": 1,
        "error_rate": 1.0,
        "result_rows": 3,
        "p50_ms": 0.0,
        "p99_ms": 0.0,
        "months": [0, 0, 1, *[0] * 9],
    }


def test_a_region_that_knows_less_makes_its_customers_sums_unknown(pipeline: Pipeline) -> None:
    """One region exports durations and failures, the other does not."""
    known, unknown = request(id="r1", region="eu"), request(id="r2", region="us")
    columns = ("error", "duration")
    files = [the_file(known), without(the_file(unknown), columns)]
    pipeline.build(*files)
    with pipeline.open() as run:
        assert is_sound(run, files)
        (document,) = summaries(run).values()
    assert said(document) == NOTHING_KNOWN | {"total": 2, "result_rows": 20}
    assert [region["requests"] for region in document["regions"]] == [1, 1]


@pytest.mark.parametrize("later", ["2025-03-01T10:05:00", "2025-03-02T00:00:00"])
def test_a_version_that_fills_the_null_in_makes_it_known(pipeline: Pipeline, later: str) -> None:
    """Exported later, or at the same instant: a null sorts below every value. And the other way round."""
    unknown = the_file(request(**UNKNOWN_REQUEST), name="unknown")
    known = the_file(request(error=0, duration=0.0, result_rows=0, exported_at=later), name="known")
    again = the_file(request(**UNKNOWN_REQUEST, exported_at="2025-03-03T00:00:00"), name="again")
    expected = NOTHING_KNOWN | {
        "errors": 0,
        "error_rate": 0.0,
        "result_rows": 0,
        "p50_ms": 0.0,
        "p99_ms": 0.0,
        "months": [0] * 12,
    }
    for files, told in (
        ([unknown], NOTHING_KNOWN),
        ([unknown, known], expected),
        ([unknown, known, again], NOTHING_KNOWN),
    ):
        pipeline.build(files[-1])
        with pipeline.open() as run:
            assert is_sound(run, files)
            (document,) = summaries(run).values()
            assert said(document) == told


def test_an_impossible_value_is_set_aside_beside_nulls(pipeline: Pipeline) -> None:
    """A null may stand in these columns; -1, 2 and NaN may not."""
    rows = [
        request(**UNKNOWN_REQUEST, id="unknown"),
        request(id="flag", error=2),
        request(id="negative", duration=-1.0),
        request(id="number", cpu_time=float("nan")),
    ]
    pipeline.build(the_file(*rows))
    with pipeline.open() as run:
        assert run.rows("select request_id from raw.pipe_stats") == [("unknown",)]
        reasons = run.rows("select reason from landing.quarantined_rows order by all")
    assert [reason for (reason,) in reasons] == [
        "cpu_time is not a finite number",
        "duration is negative",
        "error is neither 0 nor 1",
    ]


def test_a_total_that_hides_what_is_unknown_is_found(pipeline: Pipeline) -> None:
    """The check of a year's totals knows which numbers are unknown."""
    if pipeline.engine != "duckdb":
        pytest.skip("the damage is written in DuckDB's words")
    pipeline.build(the_file(request(error=None, result_rows=None)))
    with pipeline.open() as run:
        for column in ("errors", "result_rows"):
            with run.damaged(f"update main.wrapped_summaries set {fact(column, '0')}"):
                assert ("wrapped_summaries", "totals_equal_rollups") in run.broken()


def test_endpoints_answer_null_for_what_is_unknown(pipeline: Pipeline) -> None:
    """From the snapshot and from what landed since: null until a version fills it in, and again for the next unknown one."""
    pipeline.build(*files_of(request(error=None), request(at="2025-03-02T10:00:00", error=1)))
    with serving(pipeline) as live:
        assert errors_told(live) == {
            "summary": None,
            "days": [None, 1],
            "months": [None],
            "workspaces": [None],
        }

        pipeline.land(the_file(request(error=1, exported_at="2025-03-02T00:00:00"), name="known"))
        live.follow()
        assert errors_told(live) == {"summary": 2, "days": [1, 1], "months": [2], "workspaces": [2]}

        unknown, known = request(at="2025-04-03T10:00:00", error=None), request(at="2025-04-03T11:00:00")
        pipeline.land(the_file(unknown, known, name="unknown"))
        live.follow()
        assert errors_told(live) == {
            "summary": None,
            "days": [1, 1, None],
            "months": [2, None],
            "workspaces": [None],
        }


def errors_told(live: Live) -> dict[str, Any]:
    """The errors in the answers about the only customer."""

    def asked(name: str) -> list[Any]:
        answer = live.run(load_endpoints()[name], {"wrapped_id": wrapped_id(SECRET, "org-1")})
        place = [column for column, _ in answer.columns].index("errors")
        return [row[place] for row in answer.rows]

    return {
        "summary": said_live(live, [wrapped_id(SECRET, "org-1")])["total_errors"],
        "days": asked("wrapped_requests_by_day"),
        "months": asked("wrapped_requests_by_month"),
        "workspaces": asked("wrapped_top_workspaces"),
    }


def test_months_that_both_years_have_whole_are_compared(pipeline: Pipeline) -> None:
    """The year runs to 2 April; the year before began on 8 January: February and March."""
    files = files_of(
        request(id="a", at="2024-01-08T00:00:00"),
        request(id="b", at="2024-02-29T23:59:59.999"),
        *(request(id=f"c{number}", at="2024-03-31T12:00:00") for number in range(3)),
        request(id="d", at="2024-04-01T00:00:00"),
        request(id="e", at="2025-01-15T00:00:00"),
        request(id="f", at="2025-02-01T00:00:00"),
        request(id="g", at="2025-04-02T00:00:00"),
    )
    pipeline.build(*files)
    with pipeline.open() as run:
        assert is_sound(run, files)
        (document,) = summaries(run).values()
    assert document["previous_year"] == {
        "requests": 6,
        "change_pct": -75.0,
        "compared": {"first_month": 2, "last_month": 3, "previous_requests": 4, "requests": 1},
    }


def test_months_after_a_customers_last_request_are_not_compared_whatever_else_was_exported(
    pipeline: Pipeline,
) -> None:
    """Storage of December, another region's December, and a row of March exported in the next year: none says that these exports are whole."""
    files = files_of(
        *(request(id=f"a{day}", at=f"2024-{day}T12:00:00") for day in ("01-01", "08-25", "12-25")),
        *(request(id=f"b{day}", at=f"2025-{day}T12:00:00") for day in ("01-07", "08-25")),
        reading(at="2025-12-31T23:00:00"),
        request("other", id="c", at="2025-12-31T12:00:00", region="us"),
        request("another", id="d", at="2025-03-01T12:00:00", exported_at="2026-03-01T12:00:00"),
    )
    pipeline.build(*files)
    with pipeline.open() as run:
        assert differs_from_oracle(run, files) == {}
        told = summaries(run)[wrapped_id(SECRET, "org-1")]["previous_year"]
    assert told == {
        "requests": 3,
        "change_pct": 0.0,
        "compared": {"first_month": 1, "last_month": 8, "previous_requests": 2, "requests": 2},
    }
