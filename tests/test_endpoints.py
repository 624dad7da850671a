"""Endpoints are statements with typed parameters; each answers what the batch tables hold, and nothing internal."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from tests.landing_files import files_of, operation, organization, reading, request, workspace
from tests.pipeline import SECRET, Pipeline
from wrapped_assets.landing.store import LandingStore
from wrapped_assets.product import Endpoint, Parameter, ParameterType
from wrapped_assets.products.usage.endpoints import CUSTOMERS_AND_DAYS
from wrapped_assets.resources.identity import wrapped_id
from wrapped_assets.serving.api.endpoints import (
    BrokenEndpoint,
    ParameterRefused,
    check,
    load_endpoints,
    parsed,
    values,
)
from wrapped_assets.serving.live.live import Live, OutsideYear
from wrapped_assets.snapshot.from_warehouse import write_snapshot

pytestmark = pytest.mark.proof

ANA, BOB = wrapped_id(SECRET, "org-1"), wrapped_id(SECRET, "org-2")
ENDPOINTS = load_endpoints()


@pytest.fixture
def live(tmp_path: Path) -> Iterator[Live]:
    """A year of two customers, a part of which landed after the snapshot."""
    pipeline = Pipeline(tmp_path)
    pipeline.build(
        *files_of(
            request("org-1", "2025-03-01T10:00", "a", workspace_id="ws-1", read_bytes=10),
            request("org-1", "2025-03-02T10:00", "b", workspace_id="ws-2", read_bytes=20, error=1),
            request("org-2", "2025-03-01T10:00", "c"),
            operation("org-1", "2025-03-01T10:00", "o", workspace_id="ws-3", written_bytes=7),
            reading("org-1", "2025-03-01T10:00", "d1", datasource_name="one", bytes=5, rows=1),
            reading("org-1", "2025-03-01T10:00", "d2", datasource_name="two", bytes=6, rows=1),
            organization("org-1", name="Ana"),
            workspace("ws-1", name="ana@example.com's site"),
        )
    )
    with pipeline.warehouse.reading() as reader:
        write_snapshot(reader, tmp_path / "2025.duckdb", 2025)
    pipeline.land(
        *files_of(
            request("org-1", "2025-03-02T10:30", "late", workspace_id="ws-2"),
            reading("org-1", "2025-07-01T10:00", "d1", datasource_name="one now", bytes=9, rows=2),
            reading("org-1", "2025-07-01T10:00", "d2", datasource_name="two", bytes=4, rows=1),
            name="late",
        )
    )
    store = LandingStore.open(f"file://{pipeline.landing}")
    with Live.open(tmp_path / "2025.duckdb", store, SECRET) as opened:
        opened.follow()
        yield opened


def rows(live: Live, name: str, **parameters: object) -> list[dict[str, object]]:
    """The answer as dicts."""
    answer = live.run(ENDPOINTS[name], parameters)
    return [dict(zip([column for column, _ in answer.columns], row, strict=True)) for row in answer.rows]


def test_days_are_those_with_requests_fresh_ones_included(live: Live) -> None:
    """Two requests of the second of March landed at different times."""
    assert rows(live, "wrapped_requests_by_day", wrapped_id=ANA) == [
        {"date": date(2025, 3, 1), "requests": 1, "errors": 0},
        {"date": date(2025, 3, 2), "requests": 2, "errors": 1},
    ]


def test_a_range_leaves_its_end_out(live: Live) -> None:
    """From the first of March up to the second is one day."""
    asked = {"wrapped_id": ANA, "start_date": date(2025, 3, 1), "end_date": date(2025, 3, 2)}

    assert [row["requests"] for row in rows(live, "wrapped_requests_by_day", **asked)] == [1]


def test_customers_asked_together_are_one_answer(live: Live) -> None:
    """Both had a request on the first of March."""
    assert [row["requests"] for row in rows(live, "wrapped_requests_by_day", wrapped_id=f"{ANA},{BOB}")] == [
        2,
        2,
    ]


@pytest.mark.parametrize("name", sorted(ENDPOINTS))
def test_blanks_in_a_list_of_customers_leave_nobody_out(live: Live, name: str) -> None:
    """As people write lists."""
    asked = rows(live, name, wrapped_id=f"{BOB},{ANA}")

    assert rows(live, name, wrapped_id=f" {BOB} , {ANA}") == asked != rows(live, name, wrapped_id=BOB)
    # Other white space is part of a name that nobody has: the same in every endpoint.
    assert rows(live, name, wrapped_id=f"{BOB},\n{ANA}") == rows(live, name, wrapped_id=BOB)


def test_months_say_what_was_read(live: Live) -> None:
    """One month has all of it."""
    (march,) = rows(live, "wrapped_requests_by_month", wrapped_id=ANA)

    assert (march["month"], march["requests"]) == (date(2025, 3, 1), 3)


def test_workspaces_come_with_most_requests_first_and_without_addresses(live: Live) -> None:
    """What no snapshot names is counted through; an address in a name is not shown."""
    named = [(row["name"], row["requests"]) for row in rows(live, "wrapped_top_workspaces", wrapped_id=ANA)]

    assert named == [("Workspace 1", 2), ("someone", 1), ("Workspace 2", 0)]


def test_a_limit_cuts_the_list(live: Live) -> None:
    """The first of the same list."""
    assert len(rows(live, "wrapped_top_workspaces", wrapped_id=ANA, limit=1)) == 1


def test_data_sources_count_with_their_last_reading(live: Live) -> None:
    """A later reading took the first one's place: of one that grew, under a new name, and of one that shrank."""
    assert rows(live, "wrapped_top_datasources", wrapped_id=ANA) == [
        {"name": "one now", "bytes": 9, "rows": 2},
        {"name": "two", "bytes": 4, "rows": 1},
    ]


def test_the_summary_is_an_endpoint_too(live: Live) -> None:
    """It has parameters as the others; its answer is of several statements."""
    assert ENDPOINTS["wrapped_pipe_stats_summary"].sql == ""
    (row,) = rows(live, "wrapped_pipe_stats_summary", wrapped_id=ANA)

    assert (row["total_requests"], row["storage_bytes"]) == (3, 13)


@pytest.mark.parametrize("name", ENDPOINTS)
def test_unknown_customers_have_nothing(live: Live, name: str) -> None:
    """Also when their id is a piece of SQL."""
    for asked in ("unknown", "' or 1=1 --", "", "%"):
        found = rows(live, name, wrapped_id=asked)

        assert found == [] or found[0]["total_requests"] == 0


@pytest.mark.parametrize("name", ENDPOINTS)
def test_types_are_clickhouse_names(live: Live, name: str) -> None:
    """Every column has one, and none is an internal id."""
    answer = live.run(ENDPOINTS[name], {"wrapped_id": ANA})

    assert {type.split("(")[0] for _, type in answer.columns} <= {
        "Int64", "Int128", "UInt64", "UInt128", "String", "Date", "Nullable", "Array",
    }  # fmt: skip
    assert not {"organization_id", "workspace_id", "pipe_id", "datasource_id"} & dict(answer.columns).keys()


def test_an_edition_answers_for_its_year_only(live: Live) -> None:
    """Days outside are refused, naming the year."""
    with pytest.raises(OutsideYear, match="2025"):
        rows(live, "wrapped_requests_by_day", wrapped_id=ANA, end_date=date(2026, 1, 2))


def test_the_guide_to_adding_an_endpoint_works(live: Live) -> None:
    """Its statement and declaration, copied as they stand, answer from what was published and what landed since."""
    guide = (Path(__file__).parent.parent / "CONTRIBUTING.md").read_text(encoding="utf-8")
    steps = guide.partition("## Add an endpoint")[2]
    sql, declared = (
        steps.partition(f"```{language}\n")[2].partition("```")[0].strip() for language in ("sql", "python")
    )

    def endpoint(name: str, description: str, *more: Parameter) -> Endpoint:
        return Endpoint(name, description, (*CUSTOMERS_AND_DAYS, *more), sql)

    (added,) = eval(declared, {"_endpoint": endpoint, "Parameter": Parameter})
    check(added)
    answer = live.run(added, {"wrapped_id": ANA})

    days = live.run(ENDPOINTS["wrapped_requests_by_day"], {"wrapped_id": ANA}).rows
    assert answer.rows == [
        (number, total)
        for number in range(1, 8)
        if (total := sum(requests for day, requests, _ in days if day.isoweekday() == number))
    ]
    assert answer.rows


def test_a_required_parameter_is_asked_for() -> None:
    """The refusal names it and its type."""
    with pytest.raises(ParameterRefused, match=r"'wrapped_id' of type String is required"):
        values(ENDPOINTS["wrapped_top_workspaces"], {}, 2025)


def test_a_value_of_another_type_is_refused() -> None:
    """A text is no number."""
    with pytest.raises(ParameterRefused, match="'limit' of type Int32"):
        values(ENDPOINTS["wrapped_top_workspaces"], {"wrapped_id": ANA, "limit": "10"}, 2025)


def test_defaults_depend_on_the_year_asked() -> None:
    """Without dates it is the whole year of the edition."""
    asked = {"wrapped_id": ANA, "from": "ignored"}

    assert values(ENDPOINTS["wrapped_top_workspaces"], asked, 2024) == {
        "wrapped_id": ANA,
        "year": 2024,
        "start_date": date(2024, 1, 1),
        "end_date": date(2025, 1, 1),
        "limit": 10,
    }


@pytest.mark.parametrize(
    ("type", "text", "value"),
    [
        ("Int32", "7", 7),
        ("Int32", "-2147483648", -(2**31)),
        ("Date", "2024-02-29", date(2024, 2, 29)),
        ("Bool", "1", True),
        ("Float64", "0.5", 0.5),
        ("String", "7", "7"),
    ],
)
def test_texts_mean_values(type: ParameterType, text: str, value: object) -> None:
    """As a URL has them."""
    assert parsed(Parameter("it", type, "It."), text) == value


@pytest.mark.parametrize(
    ("type", "text"),
    [
        ("Int32", "7.0"),
        ("Int32", "2147483648"),
        ("Int32", "1_0"),
        ("Int32", "٧"),
        ("Date", "2025-02-29"),
        ("Date", "20250101"),
        ("Bool", "yes"),
        ("Float64", "x"),
    ],
)
def test_texts_that_mean_nothing_are_refused(type: ParameterType, text: str) -> None:
    """Nothing is guessed."""
    with pytest.raises(ParameterRefused, match=f"'it' of type {type}"):
        parsed(Parameter("it", type, "It."), text)


@pytest.mark.parametrize(
    ("sql", "seen"),
    [
        ("select $other", "It has no parameter ['other']"),
        ("select 1; select 2", "not one select"),
        ("drop table fresh.organizations", "not one select"),
        ("selekt", "syntax error"),
    ],
)
def test_a_broken_statement_is_told_at_the_start(sql: str, seen: str) -> None:
    """With what is wrong in it."""
    with pytest.raises(BrokenEndpoint) as refused:
        check(Endpoint("broken", "Broken.", (Parameter("it", "String", "It."),), sql))

    assert seen in str(refused.value)


def test_a_default_of_another_type_is_told_at_the_start() -> None:
    """Not to the first who asks without it."""
    with pytest.raises(ParameterRefused, match="'it' of type Int32"):
        check(Endpoint("broken", "Broken.", (Parameter("it", "Int32", "It.", "ten"),), "select $it"))


def test_the_connection_is_locked(live: Live) -> None:
    """Whatever a statement tried: no other file, no setting, no change of the snapshot."""
    for statement in (
        "select * from read_text('/etc/passwd')",
        "attach '/tmp/other.duckdb'",
        "set memory_limit = '10GB'",
        "delete from history.edition",
        "copy (select 1) to '/tmp/leak.csv'",
        "install httpfs",
    ):
        with pytest.raises(Exception, match=r"(?i)permission|locked|read-only|disabled"):
            live.history.cursor().execute(statement)
