"""The oracle itself, pinned by examples small enough to work out by hand."""

import itertools
from datetime import date, datetime
from typing import Any

import pyarrow as pa  # type: ignore[import-untyped, unused-ignore]
import pyarrow.parquet as pq  # type: ignore[import-untyped, unused-ignore]
import pytest
from hypothesis import given, settings

from tests import landing_files as lf
from tests import oracle, worlds
from tests.landing_files import (
    LandingFile,
    Row,
    files_of,
    operation,
    organization,
    reading,
    request,
    workspace,
)

SECRET = b"a secret of at least 32 bytes, ok!!"
# openssl dgst -sha256 -hmac "$SECRET", the first 16 bytes with version and variant put in by hand.
ORG_1 = "d82c559c-6dca-827c-815f-e1721e4ca59c"


def the_document(*rows: Row, year: int = 2025) -> dict[str, Any]:
    """The year of the only customer there is."""
    (document,) = oracle.truth(files_of(*rows), SECRET, year).values()
    return document


def winner(*rows: Row) -> Row:
    """The only row that raw keeps of these."""
    (row,) = oracle.raw_rows(files_of(*rows), lf.family_of(rows[0]))
    return row


def test_a_public_id_is_a_keyed_hash_shaped_as_a_version_8_uuid() -> None:
    """Anyone with the secret and openssl can recompute it."""
    assert oracle.wrapped_id(SECRET, "org-1") == ORG_1
    assert oracle.wrapped_id(SECRET, "Zürich ☃") == "843e0641-8dfa-8331-a00e-5fbdccef053d"


@pytest.mark.parametrize("order", list(itertools.permutations(range(4))))
def test_the_newest_export_wins_and_then_the_greatest_values(order: tuple[int, ...]) -> None:
    """In whatever order the four versions land."""
    versions = [
        request(exported_at="2025-03-01T10:05:00", workspace_id="ws-9", read_bytes=9),
        request(exported_at="2025-03-01T10:15:00", workspace_id="ws-1", read_bytes=8),
        request(exported_at="2025-03-01T10:15:00", workspace_id="ws-2", read_bytes=7),
        request(exported_at="2025-03-01T10:15:00", workspace_id="ws-2", read_bytes=6),
    ]

    assert winner(*(versions[index] for index in order))["read_bytes"] == 7


@pytest.mark.parametrize(
    ("lesser", "greater"),
    [
        ({"pipe_name": "Z"}, {"pipe_name": "a"}),
        ({"pipe_name": "\uffee"}, {"pipe_name": "\U0001f680"}),
        ({"user_agent": None}, {"user_agent": ""}),
        ({"user_agent": ""}, {"user_agent": "curl"}),
        ({"region": "eu"}, {"region": "us"}),
        ({"pipe_id": "b", "pipe_name": "a"}, {"pipe_id": "c", "pipe_name": "A"}),
        ({"error": 0, "duration": 9.0}, {"error": 1, "duration": 1.0}),
        ({"cpu_time": 9.0, "method": "GET"}, {"cpu_time": 10.0, "method": "DELETE"}),
    ],
)
def test_equal_versions_compare_column_by_column(lesser: Row, greater: Row) -> None:
    """Text by its UTF-8 bytes, null below everything, the first column that differs decides."""
    rows = request(**lesser), request(**greater)

    assert winner(*rows) == winner(*reversed(rows)) == winner(rows[1])


@pytest.mark.parametrize(
    ("row", "reasons"),
    [
        (request(id=None), {"null"}),
        (request(region=None), {"null"}),
        (request(at=None), {"null"}),
        (operation(result=None), {"null"}),
        (request(user_agent=None), set()),
        (operation(error=None), set()),
        (organization(name=None), set()),
        (organization(customer_id=None), set()),
        (request(at="1989-12-31T23:59:59.999"), {"before_1990"}),
        (request(at="1990-01-01T00:00:00"), set()),
        (reading(exported_at="2025-02-28T09:59:59.999"), {"after_export"}),
        (reading(exported_at="2025-02-28T10:00:00"), set()),
        (reading(bytes=-1), {"negative"}),
        (request(duration=-1e-9), {"negative"}),
        (operation(cpu_time=float("nan")), {"nan"}),
        (operation(elapsed_time=float("inf")), {"infinite"}),
        (request(duration=float("-inf")), {"infinite", "negative"}),
        (request(error=2), {"error_flag"}),
        (request(duration=35184372.088832), {"too_long"}),
        (request(duration=35184372.088831), set()),
    ],
)
def test_a_row_is_left_out_for_the_contracts_reasons_and_no_other(row: Row, reasons: set[str]) -> None:
    """Each on its edge; the file's other row loads all the same."""
    beside = {"pipe_stats": request, "ingestion": operation, "storage": reading}.get(
        lf.family_of(row), organization
    )
    file = LandingFile(lf.family_of(row), "2025-03-01", "eu", "mixed", [row, beside("beside")])

    assert [set(left.reasons) for left in oracle.quarantined_rows([file])] == ([reasons] if reasons else [])
    assert len(oracle.raw_rows([file], file.family)) == (1 if reasons else 2)


def test_a_broken_file_is_left_out_whole_and_a_different_one_is_not() -> None:
    """Only what cannot be read, lacks a column that must hold something, or has the wrong type."""
    (file,) = files_of(request())
    left_out = [
        (lf.truncated(file), "unreadable"),
        (lf.not_parquet(file), "unreadable"),
        (lf.bad_pages(file), "unreadable"),
        (lf.no_bytes(file), "unreadable"),
        (lf.without_column(file, "pipe_name"), "missing_column"),
        (lf.wrong_type(file, "read_bytes"), "wrong_type"),
    ]
    loaded = [
        lf.without_column(file, "user_agent"),
        lf.extra_column(file),
        lf.widened(file, "read_bytes"),
        lf.widened(file, "start_datetime"),
    ]

    found = oracle.quarantined_files([file for file, _ in left_out] + loaded)

    assert [(left.file, left.reason) for left in found] == left_out
    assert [len(oracle.landed_rows([file], "pipe_stats")) for file in loaded] == [1, 1, 1, 1]


def test_a_repeat_in_another_days_folder_counts_once_on_the_day_it_happened() -> None:
    """The folder is a hint; the event time is the truth."""
    row = request(at="2024-12-31T23:59:59.999")
    files = [LandingFile("pipe_stats", day, "eu", "a", [row]) for day in ("2024-12-31", "2025-01-01")]

    assert oracle.rollup(files, "pipe_stats", "daily").keys() == {("org-1", date(2024, 12, 31))}
    assert oracle.truth(files, SECRET, 2025) == {}


def test_the_turn_of_the_year_falls_into_its_hour_day_week_and_month() -> None:
    """ISO weeks start on Monday, the last of 2024 on 30 December."""
    files = files_of(
        request(at="2024-12-31T23:59:59.999", duration=0.0000015),
        request(at="2025-01-01T00:00:00", duration=0.0000014),
    )

    assert oracle.rollup(files, "pipe_stats", "hourly", by=["region"]) == {
        ("eu", datetime(2024, 12, 31, 23)): one_request(duration_us=2),
        ("eu", datetime(2025, 1, 1, 0)): one_request(duration_us=1),
    }
    assert [oracle.rollup(files, "pipe_stats", level).keys() for level in ("daily", "weekly", "monthly")] == [
        {("org-1", date(2024, 12, 31)), ("org-1", date(2025, 1, 1))},
        {("org-1", date(2024, 12, 30))},
        {("org-1", date(2024, 12, 1)), ("org-1", date(2025, 1, 1))},
    ]


def one_request(duration_us: int) -> dict[str, int]:
    """What a rollup says about a single request of the builder."""
    return {
        "count": 1,
        "error": 0,
        "duration_us": duration_us,
        "read_bytes": 1000,
        "read_rows": 100,
        "result_rows": 10,
        "cpu_time_us": 50000,
    }


def test_storage_is_a_gauge() -> None:
    """The last reading of each data source, added up over data sources and never over time."""
    files = files_of(
        reading(id="ds-1", at="2025-03-01T10:00:00", bytes=900, rows=9),
        reading(id="ds-1", at="2025-03-01T11:00:00", bytes=100, rows=1, datasource_name="renamed"),
        reading(id="ds-2", at="2025-03-01T09:00:00", bytes=100, rows=2, datasource_name="wider"),
        reading(id="ds-3", at="2025-03-01T09:00:00", bytes=100, rows=2, datasource_name="later id"),
    )

    assert oracle.rollup(files, "storage", "monthly") == {
        ("org-1", date(2025, 3, 1)): {
            "count": 4,
            "bytes": 300,
            "rows": 5,
            "bytes_quarantine": 0,
            "rows_quarantine": 0,
            "max_bytes": 900,
            "max_rows": 9,
            "max_bytes_quarantine": 0,
            "max_rows_quarantine": 0,
        }
    }
    assert oracle.truth(files, SECRET, 2025)[ORG_1]["storage"] == {
        "bytes": 300,
        "rows": 5,
        "largest_datasource": {"name": "wider", "bytes": 100, "rows": 2},
    }


@pytest.mark.parametrize(
    ("us", "bucket", "largest"),
    [
        (0, 0, 0),
        (255, 255, 255),
        (256, 256, 257),
        (257, 256, 257),
        (258, 257, 259),
        (511, 383, 511),
        (512, 384, 515),
        (1_000_000, 1780, 1_003_519),
        (2**45 - 1, 4991, 2**45 - 1),
    ],
)
def test_a_duration_falls_into_the_bucket_of_its_leading_eight_bits(
    us: int, bucket: int, largest: int
) -> None:
    """Exact up to 255 us, at most 1 % wide after that."""
    assert (oracle.duration_bucket(us), oracle.largest_of_bucket(us)) == (bucket, largest)


def test_percentiles_are_nearest_rank() -> None:
    """The 50th, 95th and 99th of a hundred; of three, the 2nd, 3rd and 3rd."""
    hundred = [request(id=f"r{us}", duration=us / 1e6) for us in range(1, 101)]
    three = [
        request(id="a", duration=0.001),
        request(id="b", duration=0.0001),
        request(id="c", duration=0.01),
    ]

    def percentiles(rows: list[Row]) -> list[float]:
        requests = the_document(*rows)["requests"]
        return [requests["p50_ms"], requests["p95_ms"], requests["p99_ms"]]

    assert percentiles(hundred) == [0.05, 0.095, 0.099]
    assert percentiles(three) == [1.003, 10.047, 10.047]


def test_organizations_of_one_customer_share_a_document() -> None:
    """The newest snapshot says whose an organization is; one without a customer is its own."""
    rows = [request("org-1"), request("org-2"), request("org-3"), request("org-4")]
    snapshots = [
        organization("org-2", customer_id="someone else", exported_at="2024-06-01T00:00:00"),
        organization("org-2", customer_id="org-1", exported_at="2025-06-01T00:00:00"),
        organization("org-3", name="a", customer_id="org-1"),
        organization("org-3", name="b", customer_id=None),
        organization("org-4", name="b", customer_id=None, customer_name="z"),
        organization("org-4", name="b", customer_id="c", customer_name=None),
    ]

    documents = oracle.truth(files_of(*rows, *snapshots), SECRET, 2025)

    assert {wrapped: document["requests"]["total"] for wrapped, document in documents.items()} == {
        ORG_1: 2,
        oracle.wrapped_id(SECRET, "org-3"): 1,
        oracle.wrapped_id(SECRET, "c"): 1,
    }


def test_a_whole_document() -> None:
    """One customer's 2024 in full: two organizations, a leap day, a year before, an export after its end."""
    document = the_document(
        organization("org-2", customer_id="org-1"),
        workspace("ws-1", name="Main", exported_at="2024-01-01T00:00:00"),
        workspace("ws-1", name="Main, renamed"),
        request(at="2023-12-31T23:00:00", id="before"),
        request(at="2023-12-31T23:00:00", id="before too"),
        request(at="2024-02-28T23:59:59.999", id="r1", duration=0.0002, pipe_name="old name"),
        request(at="2024-02-29T00:00:00", id="r2", error=1, read_bytes=2**64 - 1),
        request(at="2024-02-29T00:30:00", id="r3", pipe_name="new name", workspace_id="ws-2", read_bytes=1),
        request("org-2", at="2024-12-31T23:59:59.999", id="r4", region="us", pipe_name="elsewhere"),
        operation(at="2024-05-01T00:00:00", written_bytes=0, written_rows=3, event_type="delete"),
        operation("org-2", at="2024-05-01T00:00:00", written_bytes=70, written_rows=2, workspace_id="ws-3"),
        reading(at="2024-05-01T00:00:00", bytes=40, rows=4),
        reading("org-2", at="2024-05-01T00:00:00", bytes=50, rows=3),
        year=2024,
    )

    days = [0] * 366
    days[31 + 28 - 1], days[31 + 29 - 1], days[-1] = 1, 2, 1
    requests_by_month = {2: (3, 1), 12: (1, 0)}
    assert document == {
        "wrapped_id": ORG_1,
        "year": 2024,
        "through": "2024-12-31T23:59:59.999Z",
        "generated_at": "2025-01-01T00:04:59.999Z",
        "schema_version": 2,
        "requests": {
            "total": 4,
            "errors": 1,
            "error_rate": 0.25,
            "bytes_read": 18446744073709553616,
            "rows_read": 400,
            "result_rows": 40,
            "p50_ms": 250.879,
            "p95_ms": 250.879,
            "p99_ms": 250.879,
        },
        "peak_day": {"date": "2024-02-29", "requests": 2},
        "peak_hour": {"hour_of_day": 0, "requests": 2},
        "busiest_weekday": "Thursday",
        "active_days": 3,
        "longest_streak_days": 2,
        "months": [
            {"month": month, "requests": requests, "errors": errors}
            for month in range(1, 13)
            for requests, errors in [requests_by_month.get(month, (0, 0))]
        ],
        "days": days,
        "storage": {
            "bytes": 90,
            "rows": 7,
            "largest_datasource": {"name": "page_views", "bytes": 50, "rows": 3},
        },
        "ingestion": {
            "bytes": 70,
            "rows": 5,
            "operations": 2,
            "top_event_types": [
                {"event_type": "append", "bytes": 70, "rows": 2, "operations": 1},
                {"event_type": "delete", "bytes": 0, "rows": 3, "operations": 1},
            ],
        },
        "top_workspaces": [
            {"name": "Main, renamed", "requests": 2, "read_pct": 100.0, "write_pct": 0.0},
            {"name": "Workspace 1", "requests": 1, "read_pct": 0.0, "write_pct": 0.0},
            {"name": "Workspace 2", "requests": 1, "read_pct": 0.0, "write_pct": 0.0},
            {"name": "Workspace 3", "requests": 0, "read_pct": 0.0, "write_pct": 100.0},
        ],
        "top_pipes": [{"name": "new name", "requests": 3}, {"name": "elsewhere", "requests": 1}],
        "regions": [{"region": "eu", "requests": 3}, {"region": "us", "requests": 1}],
        "previous_year": {"requests": 2, "change_pct": None, "compared": None},
        "rank": None,
    }
    assert oracle.as_json(document).startswith(
        '{"wrapped_id":"d82c559c-6dca-827c-815f-e1721e4ca59c","year":2024,'
    )


def test_a_customer_without_requests_has_nulls_where_nothing_can_be_said() -> None:
    """Nothing is divided by zero, and no day is the best of none."""
    document = the_document(reading(at="2025-06-01T00:00:00"), request(at="2024-06-01T00:00:00"))

    absent = ("peak_day", "peak_hour", "busiest_weekday", "ingestion", "rank")
    assert [document[name] for name in absent] == [None] * 5
    assert document["requests"] == {
        "total": 0,
        "errors": 0,
        "error_rate": None,
        "bytes_read": 0,
        "rows_read": 0,
        "result_rows": 0,
        "p50_ms": None,
        "p95_ms": None,
        "p99_ms": None,
    }
    assert (document["active_days"], document["longest_streak_days"], sum(document["days"])) == (0, 0, 0)
    assert (document["top_workspaces"], document["top_pipes"], document["regions"]) == ([], [], [])
    assert document["previous_year"] == {"requests": 1, "change_pct": None, "compared": None}
    assert document["through"] == "2025-06-01T00:05:00.000Z"


def test_workspace_shares_sum_to_a_hundred_with_the_sixth_in_other() -> None:
    """Seven equal workspaces: the tenths left over go to the largest remainders."""
    rows = [request(id=f"r{n}", workspace_id=f"ws-{n}") for n in range(7)]
    names = [workspace(f"ws-{n}", name=f"name {n}") for n in (0, 2)]

    assert the_document(*rows, *names)["top_workspaces"] == [
        {"name": "name 0", "requests": 1, "read_pct": 14.3, "write_pct": 0.0},
        {"name": "Workspace 1", "requests": 1, "read_pct": 14.3, "write_pct": 0.0},
        {"name": "name 2", "requests": 1, "read_pct": 14.3, "write_pct": 0.0},
        {"name": "Workspace 2", "requests": 1, "read_pct": 14.3, "write_pct": 0.0},
        {"name": "Workspace 3", "requests": 1, "read_pct": 14.3, "write_pct": 0.0},
        {"name": "other", "requests": 2, "read_pct": 28.5, "write_pct": 0.0},
    ]


def test_the_largest_remainders_get_what_is_left() -> None:
    """Not the largest amounts, and the earlier of two equal remainders."""
    assert oracle.largest_remainder([1, 1, 1], 1000) == [334, 333, 333]
    assert oracle.largest_remainder([667, 1334, 1], 20) == [7, 13, 0]
    assert oracle.largest_remainder([2**64, 2**64 - 1], 1000) == [500, 500]
    assert oracle.largest_remainder([0, 0], 1000) == [0, 0]


def test_workspaces_rank_by_requests_then_bytes_then_ids() -> None:
    """The bytes are those read and written together."""
    rows = [
        request(id="1", workspace_id="ws-b", read_bytes=5),
        request(id="2", workspace_id="ws-a", read_bytes=5),
        request("org-0", id="2", workspace_id="ws-b", read_bytes=5),
        request(id="3", workspace_id="ws-c", read_bytes=4),
        operation(workspace_id="ws-c", written_bytes=2),
        operation(id="4", workspace_id="ws-d", written_bytes=99),
    ]
    owners = organization("org-0", customer_id="org-1")
    names = [workspace(f"ws-{letter}", name=letter) for letter in "abcd"]
    names.append(workspace("ws-b", "org-0", name="b of org-0"))

    shown = the_document(*rows, owners, *names)["top_workspaces"]

    assert [(entry["name"], entry["requests"]) for entry in shown] == [
        ("c", 1),
        ("a", 1),
        ("b of org-0", 1),
        ("b", 1),
        ("d", 0),
    ]


def test_what_the_list_leaves_out_shows_as_other_even_without_bytes() -> None:
    """A sixth workspace with a request that read nothing is something; an operation of no bytes is not."""
    served = [request(id=f"r{n}", workspace_id=f"ws-{n}", read_bytes=0) for n in range(6)]
    idle = operation(workspace_id="ws-9", written_bytes=0)

    six = the_document(*served, idle)
    five = the_document(*served[:5], idle)

    other = {"name": "other", "requests": 1, "read_pct": 0.0, "write_pct": 0.0}
    assert six["top_workspaces"][5:] == [other]
    assert five["top_workspaces"][5:] == []
    assert five["ingestion"]["operations"] == 1


def test_a_workspace_has_the_name_of_its_newest_snapshot() -> None:
    """Its own region's before any other's, never another organization's. Of one instant, the greater name; a blank one is none."""
    here = [
        workspace("ws-1", "org-1", name="z"),
        workspace("ws-1", "org-2", name="a"),
        workspace("ws-2", "org-1", name="a"),
        workspace("ws-2", "org-1", name="b"),
        workspace("ws-3", "org-1", name="a", exported_at="2025-01-02T00:00:00"),
        workspace("ws-3", "org-1", name="z", exported_at="2025-01-01T00:00:00"),
        workspace("ws-4", "org-1", name=" \u00a0"),
    ]
    elsewhere = [
        workspace(id, "org-1", name="newer", exported_at="2026-01-01T00:00:00")
        for id in ("ws-1", "ws-4", "ws-5")
    ]
    names = oracle.workspace_names(files_of(*here) + files_of(*elsewhere, region="us"))

    def told(organization: str, id: str) -> str | None:
        return oracle.workspace_name(names, organization, "eu", id)

    assert [told("org-1", f"ws-{number}") for number in range(1, 7)] == ["z", "b", "a", None, "newer", None]
    assert told("org-2", "ws-1") == "a"
    assert told("org-2", "ws-5") is None


def test_data_sources_tie_by_id_and_then_organization() -> None:
    """The same id in two organizations is two data sources."""
    readings = [
        reading("org-2", id="ds-1", datasource_name="second organization"),
        reading("org-1", id="ds-3", datasource_name="third"),
        reading("org-1", id="ds-2", datasource_name="second"),
    ]

    storage = the_document(*readings, organization("org-2", customer_id="org-1"))["storage"]

    assert storage == {
        "bytes": 15000,
        "rows": 150,
        "largest_datasource": {"name": "second organization", "bytes": 5000, "rows": 50},
    }


def test_a_year_reaches_to_the_newest_export_of_any_family() -> None:
    """Of its own rows: next year's, and the snapshots', say nothing about it."""
    rows = [
        request(exported_at="2025-03-01T10:05:00"),
        operation(exported_at="2025-03-03T10:05:00.007"),
        reading(exported_at="2025-03-02T10:05:00"),
        request(at="2026-03-01T10:00:00"),
        organization(exported_at="2025-04-01T00:00:00"),
    ]

    document = the_document(*rows)

    assert document["through"] == document["generated_at"] == "2025-03-03T10:05:00.007Z"


def test_the_same_pipe_id_in_two_organizations_is_two_pipes() -> None:
    """At most five are shown, ties by pipe and then organization, each under its newest name."""
    rows = [
        request("org-2", id="1", pipe_id="p0", pipe_name="second"),
        request("org-1", id="2", pipe_id="p0", pipe_name="a"),
        *(request("org-1", id=f"{n}", pipe_id=f"p{n}", pipe_name=f"name {n}") for n in (9, 8, 7, 6)),
        request("org-2", id="3", pipe_id="p1", pipe_name="newer", at="2025-03-01T10:00:01"),
        request("org-2", id="4", pipe_id="p1", pipe_name="older"),
        request("org-1", id="5", pipe_id="p0", pipe_name="b"),
        request("org-1", id="6", pipe_id="p0", pipe_name="A"),
    ]

    shown = the_document(*rows, organization("org-2", customer_id="org-1"))["top_pipes"]

    assert [entry["name"] for entry in shown] == ["b", "newer", "second", "name 6", "name 7"]


def test_event_types_rank_by_bytes_and_regions_by_requests() -> None:
    """At most three and twenty, ties by name; a type with no bytes still counts."""
    kinds = [("1", "b", 5), ("2", "d", 0), ("3", "c", 0), ("4", "a", 5)]
    operations = [operation(id=id, event_type=kind, written_bytes=count) for id, kind, count in kinds]
    requests = [request(id=f"r{n}", region=f"region-{n:02}") for n in range(21)]

    document = the_document(*operations, *requests, request(id="again", region="region-20"))

    assert [entry["event_type"] for entry in document["ingestion"]["top_event_types"]] == ["a", "b", "c"]
    assert [entry["region"] for entry in document["regions"]] == [
        "region-20",
        *(f"region-{n:02}" for n in range(19)),
    ]


@pytest.mark.parametrize(
    ("now", "before", "change_pct"),
    [
        (3, 8, -62.5),
        (7, 16, -56.3),
        (25, 16, 56.3),
        (4, 4, 0.0),
        (1999, 2000, -0.1),
        (3999, 4000, 0.0),
        (1, 3, -66.7),
    ],
)
def test_change_against_the_year_before_rounds_half_away_from_zero(
    now: int, before: int, change_pct: float
) -> None:
    """-56.25 % shows as -56.3 %, and nothing as minus zero."""
    row = next(iter(oracle.facts(files_of(request()), SECRET, 2025).values()))
    covered = oracle.edition(files_of(request()), 2025)
    assert covered is not None

    days = [
        {"day": date(2025, 5, 7), "requests": now, "errors": 0},
        {"day": date(2025, 5, 25), "requests": 0, "errors": 0},
    ]
    months = [{"first_day": date(2024, 5, 1), "requests": before}]
    earlier = {"previous_requests": before, "previous_months": months, "previous_last_day": date(2024, 5, 31)}
    document = oracle.document(
        row | {"requests": now, "days": days} | earlier, covered | {"through": datetime(2025, 6, 1)}
    )

    assert document["previous_year"] == {
        "requests": before,
        "change_pct": change_pct,
        "compared": {"first_month": 5, "last_month": 5, "previous_requests": before, "requests": now},
    }
    assert str(document["previous_year"]["change_pct"]) == str(change_pct)


@pytest.mark.parametrize(
    ("customers", "rank"),
    [
        (99, None),
        (100, {"percentile": 98, "cohort_size": 100}),
        (101, {"percentile": 98, "cohort_size": 101}),
    ],
)
def test_rank_never_flatters_and_needs_a_hundred_customers(
    customers: int, rank: dict[str, int] | None
) -> None:
    """Two share the top: they are ahead of 98 of 100, and of 99 of 101, which is not 99 %."""
    others = [request(f"org {n}") for n in range(customers - 1)]
    tied = [request("org 0", id="second"), request("org-1"), request("org-2")]
    owner = organization("org-2", customer_id="org-1")

    documents = oracle.truth(files_of(*others, *tied, owner, reading("no requests")), SECRET, 2025)

    assert documents[ORG_1]["rank"] == rank
    assert documents[oracle.wrapped_id(SECRET, "no requests")]["rank"] is None


def test_peaks_go_to_the_earliest_and_a_streak_stays_inside_the_year() -> None:
    """The first day, the lowest hour, Monday before Tuesday; 31 December does not run on into January."""
    at = ["2024-12-31T09:00", "2025-01-01T09:00", "2025-12-29T08:00", "2025-12-30T08:00", "2025-12-30T09:00"]
    at += ["2025-12-29T10:00", "2025-12-31T10:00", "2026-01-01T10:00"]

    document = the_document(*(request(at=when) for when in at))

    assert document["peak_day"] == {"date": "2025-12-29", "requests": 2}
    assert document["peak_hour"] == {"hour_of_day": 8, "requests": 2}
    assert document["busiest_weekday"] == "Monday"
    assert (document["active_days"], document["longest_streak_days"]) == (4, 3)


def test_an_error_rate_rounds_half_up_to_a_millionth() -> None:
    """1 of 64 is 0.015625 exactly, 1 of 128 is 0.0078125."""
    row = next(iter(oracle.facts(files_of(request()), SECRET, 2025).values()))
    covered = oracle.edition(files_of(request()), 2025)
    assert covered is not None

    rates = [
        oracle.document(row | {"requests": total, "errors": 1}, covered)["requests"]["error_rate"]
        for total in (64, 128, 3)
    ]

    assert rates == [0.015625, 0.007813, 0.333333]


def test_a_written_file_holds_its_rows_and_a_damaged_one_cannot_be_read(tmp_path: Any) -> None:
    """In the folder of the layout, with the contract's column types."""
    (file,) = files_of(request(read_bytes=2**64 - 1, user_agent=None), request(id="it's", duration=-0.5))
    path = lf.write(tmp_path, file)

    assert str(path.relative_to(tmp_path)) == "pipe_stats/dt=2025-03-01/region=eu/export.parquet"
    assert pq.ParquetFile(path).read().to_pylist() == file.rows
    schema = pq.read_schema(path)
    assert (schema.field("start_datetime").type, schema.field("read_bytes").type) == (
        pa.timestamp("ms"),
        pa.uint64(),
    )
    for damaged in (lf.truncated(file), lf.not_parquet(file), lf.bad_pages(file), lf.no_bytes(file)):
        with pytest.raises((pa.ArrowException, OSError)):
            pq.ParquetFile(lf.write(tmp_path, damaged)).read()


def test_a_file_stored_in_other_types_says_what_its_rows_say(tmp_path: Any) -> None:
    """A float32 duration is the float32, not the double it was rounded from."""
    (file,) = files_of(request(duration=0.1))
    for column in ("duration", "read_bytes", "status_code", "error", "start_datetime"):
        file = lf.widened(file, column)

    assert pq.ParquetFile(lf.write(tmp_path, file)).read().to_pylist() == file.rows
    assert winner(*file.rows)["duration_us"] == 100000
    assert file.rows[0]["duration"] != 0.1


def test_worlds_repeat_by_seed_and_meet_every_fault() -> None:
    """Thirty worlds between them hold every reason to leave a row or a file out, and repeats."""
    many = [worlds.make_world(seed, 12) for seed in range(30)]

    rows = [left for world in many for left in oracle.quarantined_rows(world)]
    files = [left for world in many for left in oracle.quarantined_files(world)]

    assert repr(worlds.make_world(7, 12)) == repr(many[7])
    assert {reason for left in rows for reason in left.reasons} == set(worlds.BREAKERS)
    assert {left.reason for left in files} == {"unreadable", "missing_column", "wrong_type"}
    assert all(len({file.key for file in world}) == len(world) for world in many)
    assert any(
        len(oracle.landed_rows(world, "storage")) > len(oracle.raw_rows(world, "storage")) for world in many
    )


@settings(max_examples=25, deadline=None)
@given(world=worlds.worlds())
def test_order_of_files_never_shows_in_the_truth(world: list[LandingFile]) -> None:
    """The oracle keeps the promise it is there to test, and every world can be written down."""
    backwards = [
        LandingFile(f.family, f.day, f.region, f.name, f.rows[::-1], f.stored, f.damage) for f in world[::-1]
    ]

    assert all(lf.content(file) is not None for file in world)
    for year in worlds.YEARS:
        assert oracle.truth(backwards, SECRET, year) == oracle.truth(world, SECRET, year)
