"""What the editions promise: each customer's year, exact, under the right owner and names, and frozen when it is over."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from tests import oracle
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
from tests.pipeline import SECRET, Pipeline, Run, differs_from_oracle, fact
from wrapped_assets.resources.checks import CHECKS

FREEZE = datetime(2026, 1, 7, tzinfo=UTC)
AFTER = datetime(2026, 1, 8, tzinfo=UTC)
LONG_AFTER = datetime(2026, 3, 1, tzinfo=UTC)


def id_of(customer: str) -> str:
    """The public id of a customer."""
    return oracle.wrapped_id(SECRET, customer)


HAS_STORAGE = "json_type(facts, '$.storage_bytes') <> 'NULL'"


def summaries(run: Run, year: int = 2025) -> dict[str, dict[str, Any]]:
    """The documents of a year, parsed, by wrapped_id."""
    return {key: json.loads(text) for key, text in run.documents(year).items()}


def the_document(pipeline: Pipeline, *rows: Row, year: int = 2025) -> dict[str, Any]:
    """The only customer's year, which is also what the oracle says."""
    files = files_of(*rows)
    pipeline.build(*files)
    with pipeline.open() as run:
        assert differs_from_oracle(run, files) == {}
        (document,) = summaries(run, year).values()
        return document


# ---- Ties, limits and orders


@pytest.mark.duckdb("the same statement ranks on both engines")
def test_ties_are_broken_the_same_way_everywhere(pipeline: Pipeline) -> None:
    """Six of everything with one request each: the earliest day and hour, the lowest ids, and never the order of arrival."""
    rows = [
        request(
            id=f"r{n}",
            at=f"2025-0{9 - n}-01T0{n}:00:00",
            workspace_id=f"ws-{n}",
            # Against the order of the workspaces, in which the rollups' rows stand.
            pipe_id=f"p-{7 - n}",
            pipe_name=f"pipe {9 - n}",
            region=f"region-{n}",
        )
        for n in (3, 6, 1, 5, 2, 4)
    ]
    rows += [
        operation(id=f"o{n}", event_type=f"type-{n}", workspace_id="ws-1", written_bytes=0)
        for n in (4, 2, 3, 1)
    ]
    rows += [reading(id=f"ds-{n}", bytes=5, rows=5, datasource_name=f"source {9 - n}") for n in (3, 1, 2)]
    names = [workspace(f"ws-{n}", name=f"workspace {n}") for n in range(1, 7)]

    told = the_document(pipeline, *rows, *names)

    assert [each["name"] for each in told["top_pipes"]] == ["pipe 3", "pipe 4", "pipe 5", "pipe 6", "pipe 7"]
    shown = [each["name"] for each in told["top_workspaces"]]
    assert shown == ["workspace 1", "workspace 2", "workspace 3", "workspace 4", "workspace 5", "other"]
    assert [each["region"] for each in told["regions"]] == [f"region-{n}" for n in range(1, 7)]
    assert [each["event_type"] for each in told["ingestion"]["top_event_types"]] == [
        "type-1",
        "type-2",
        "type-3",
    ]
    assert told["storage"]["largest_datasource"]["name"] == "source 8"
    assert told["peak_day"] == {"date": "2025-03-01", "requests": 1}
    assert told["peak_hour"] == {"hour_of_day": 1, "requests": 1}


@pytest.mark.duckdb("the same statement ranks on both engines")
def test_twenty_regions_are_told_the_busiest_first(pipeline: Pipeline) -> None:
    """Whoever works in one more misses the last of those that are equal."""
    rows = [request(id=f"{n}", region=f"region-{n:02}") for n in (*range(21), 20)]
    rows[-1] = request(id="again", region="region-20")

    told = the_document(pipeline, *rows)

    assert [each["region"] for each in told["regions"]] == [
        "region-20",
        *(f"region-{n:02}" for n in range(19)),
    ]


@pytest.mark.duckdb("the same statement ranks on both engines")
def test_equal_requests_are_ranked_by_bytes_and_then_by_id(pipeline: Pipeline) -> None:
    """Bytes read and written together decide between workspaces."""
    rows = [
        request(id="a", workspace_id="ws-a", read_bytes=10),
        request(id="b", workspace_id="ws-b", read_bytes=4),
        operation(id="b", workspace_id="ws-b", written_bytes=7),
        request(id="c", workspace_id="ws-c", read_bytes=11),
    ]
    told = the_document(pipeline, *rows, *(workspace(f"ws-{each}", name=each) for each in "abc"))
    assert [each["name"] for each in told["top_workspaces"]] == ["b", "c", "a"]


@pytest.mark.duckdb("the same statement ranks on both engines")
def test_a_data_source_with_more_rows_wins_among_equals_in_bytes(pipeline: Pipeline) -> None:
    """And only its last reading counts."""
    rows = [
        reading(id="d1", bytes=5, rows=1, datasource_name="one"),
        reading(id="d2", bytes=99, rows=9, datasource_name="old", at="2025-01-01"),
        reading(id="d2", bytes=5, rows=2, datasource_name="two"),
        reading(id="d3", bytes=4, rows=9, datasource_name="many rows, fewer bytes"),
    ]
    largest = {"name": "two", "bytes": 5, "rows": 2}
    assert the_document(pipeline, *rows)["storage"] == {
        "bytes": 14,
        "rows": 12,
        "largest_datasource": largest,
    }


def test_a_year_keeps_the_last_reading_of_its_months(pipeline: Pipeline) -> None:
    """What shrank since is as small as it is now: sizes of months neither add up nor compete."""
    rows = [
        reading(at=f"2025-{month}-15", bytes=size) for month, size in (("02", 900), ("05", 70), ("11", 8))
    ]
    assert the_document(pipeline, *rows)["storage"]["bytes"] == 8


def test_a_renamed_pipe_is_one_pipe_under_its_newest_name(pipeline: Pipeline) -> None:
    """By the time of the request, whatever month it was in; of two in the same millisecond the greater name."""
    rows = [
        request(id="a", at="2025-11-01", pipe_name="new"),
        request(id="b", at="2025-02-01", pipe_name="old"),
        request(id="c", at="2025-10-01", pipe_name="zz"),
        request(id="d", at="2025-11-01", pipe_name="newer"),
    ]
    assert the_document(pipeline, *rows)["top_pipes"] == [{"name": "newer", "requests": 4}]


def test_percentiles_are_by_nearest_rank_and_never_flatter(pipeline: Pipeline) -> None:
    """Of a hundred requests the 50th, 95th and 99th, as the longest duration of their bucket."""
    durations = [0.0001] * 50 + [0.01] * 45 + [1.0] * 4 + [10.0]
    rows = [request(id=f"r{n}", duration=seconds) for n, seconds in enumerate(durations)]
    told = the_document(pipeline, *rows)["requests"]
    assert (told["p50_ms"], told["p95_ms"], told["p99_ms"]) == (0.1, 10.047, 1003.519)


def test_a_customer_of_one_family_has_nothing_in_the_others(pipeline: Pipeline) -> None:
    """Only requests, only operations, only sizes: each a document, with null where there is nothing to say."""
    files = files_of(request("org-1"), operation("org-2"), reading("org-3"))
    pipeline.build(*files)
    with pipeline.open() as run:
        assert differs_from_oracle(run, files) == {}
        told = summaries(run)
    assert told[id_of("org-1")]["storage"] is told[id_of("org-1")]["ingestion"] is None
    assert told[id_of("org-2")]["storage"] is told[id_of("org-2")]["peak_day"] is None
    assert told[id_of("org-2")]["requests"]["total"] == 0
    assert told[id_of("org-3")]["storage"]["bytes"] == 5000
    assert told[id_of("org-3")]["requests"]["p50_ms"] is None


def test_sums_of_a_year_pass_two_to_the_64(pipeline: Pipeline) -> None:
    """Every digit of them is in the document."""
    most = 2**64 - 1
    rows = [
        request(id=f"r{n}", at=f"2025-0{n}-01", read_bytes=most, read_rows=most, result_rows=most)
        for n in (1, 2, 3)
    ]
    rows += [operation(id=f"o{n}", written_bytes=most, written_rows=most) for n in (1, 2, 3)]
    rows += [reading(id=f"d{n}", bytes=most, rows=most) for n in (1, 2, 3)]
    told = the_document(pipeline, *rows)
    assert (
        told["requests"]["bytes_read"]
        == told["requests"]["rows_read"]
        == told["requests"]["result_rows"]
        == 3 * most
    )
    assert (told["ingestion"]["bytes"], told["ingestion"]["rows"]) == (3 * most, 3 * most)
    assert (told["storage"]["bytes"], told["storage"]["rows"]) == (3 * most, 3 * most)


@pytest.mark.duckdb("the same statement ranks on both engines")
@pytest.mark.parametrize(("size", "ranked"), [(99, False), (100, True)])
def test_ranks_appear_with_the_hundredth_customer(pipeline: Pipeline, size: int, ranked: bool) -> None:
    """Exact, counting only who has fewer requests; customers without requests are not in the cohort."""
    busy = [request(f"org-{n}", id=f"r{i}") for n in range(size) for i in range(1 + n // 50)]
    files = files_of(*busy, reading("idle"))
    pipeline.build(*files)
    with pipeline.open() as run:
        assert differs_from_oracle(run, files) == {}
        told = summaries(run)
    assert told[id_of("idle")]["rank"] is None
    assert told[id_of("org-0")]["rank"] == ({"percentile": 0, "cohort_size": 100} if ranked else None)
    assert told[id_of("org-99" if ranked else "org-98")]["rank"] == (
        {"percentile": 50, "cohort_size": 100} if ranked else None
    )


def test_the_previous_year_is_the_same_customers_previous_year(pipeline: Pipeline) -> None:
    """Requests of every organization it owns now; null for whoever had none."""
    files = files_of(
        request("org-1", at="2024-12-31T23:59:59.999"),
        request("org-2", at="2024-01-01"),
        request("org-2", at="2024-02-29", id="r2"),
        request("org-1"),
        request("org-1", at="2025-01-01", id="r3"),
        request("org-3"),
        organization("org-1", customer_id="c"),
        organization("org-2", customer_id="c"),
    )
    pipeline.build(*files)
    with pipeline.open() as run:
        told = summaries(run)
        assert differs_from_oracle(run, files) == {}
    assert told[id_of("c")]["previous_year"] == {
        "requests": 3,
        "change_pct": -50.0,
        "compared": {"first_month": 1, "last_month": 2, "previous_requests": 2, "requests": 1},
    }
    assert told[id_of("org-3")]["previous_year"] is None


# ---- Owners and names


def snapshot(*rows: Row, at: str, region: str = "eu") -> list[LandingFile]:
    """A snapshot of a dimension, made at that time."""
    exported = [row | {"exported_at": datetime.fromisoformat(at)} for row in rows]
    return files_of(*exported, name=f"snapshot-{at}", region=region)


EVENTS = files_of(
    request("org-1"), request("org-2"), request("org-2", id="r2"), request("org-1", at="2024-05-05")
)


def test_organizations_of_one_customer_are_one_summary(pipeline: Pipeline) -> None:
    """In whichever regions they are; one that no snapshot names is its own customer."""
    owned = snapshot(organization("org-1", customer_id="c"), at="2025-01-01", region="eu")
    owned += snapshot(organization("org-2", customer_id="c"), at="2025-01-01", region="us")
    files = [*EVENTS, *owned, *files_of(request("unnamed"), name="unnamed")]
    pipeline.build(*files)
    with pipeline.open() as run:
        assert differs_from_oracle(run, files) == {}
        assert {key: told["requests"]["total"] for key, told in summaries(run).items()} == {
            id_of("c"): 3,
            id_of("unnamed"): 1,
        }


def test_an_organization_that_changes_hands_takes_its_past_along(pipeline: Pipeline) -> None:
    """In every edition; the customer left with nothing has no summary any more, the other one has both."""
    first = snapshot(
        organization("org-1", customer_id="a"), organization("org-2", customer_id="b"), at="2025-01-01"
    )
    pipeline.build(*EVENTS, *first)
    sold = snapshot(organization("org-1", customer_id="b"), at="2025-06-01")
    pipeline.land(*sold)
    with pipeline.open() as run:
        assert summaries(run).keys() == {id_of("a"), id_of("b")}
        run.follow()
        assert differs_from_oracle(run, [*EVENTS, *first, *sold]) == {}
        assert {key: told["requests"]["total"] for key, told in summaries(run).items()} == {id_of("b"): 3}
        assert summaries(run, 2024).keys() == {id_of("b")}
        assert run.broken() == set()


def test_an_older_snapshot_that_arrives_later_changes_no_owner(pipeline: Pipeline) -> None:
    """The newest export wins, whenever it lands; it does tell when the organization was first seen."""
    newer = snapshot(organization("org-1", customer_id="b", name="New"), at="2025-06-01")
    older = snapshot(organization("org-1", customer_id="a", name="Old"), at="2025-01-01")
    pipeline.build(*EVENTS, *newer)
    pipeline.build(*older)
    with pipeline.open() as run:
        assert differs_from_oracle(run, [*EVENTS, *newer, *older]) == {}
        seen = "select customer_id, customer_name, created_at from main.wrapped_organizations"
        assert run.rows(f"{seen} where organization_id = 'org-1'") == [("b", "New", datetime(2025, 1, 1))]


def test_a_customer_taken_back_by_a_newer_snapshot_is_gone(pipeline: Pipeline) -> None:
    """A null customer makes the organization its own customer again."""
    first = snapshot(
        organization("org-1", customer_id="c"), organization("org-2", customer_id="c"), at="2025-01-01"
    )
    pipeline.build(*EVENTS, *first)
    free = snapshot(organization("org-1"), organization("org-2"), at="2025-06-01")
    pipeline.build(*free)
    with pipeline.open() as run:
        assert differs_from_oracle(run, [*EVENTS, *first, *free]) == {}
        assert summaries(run).keys() == {id_of("org-1"), id_of("org-2")}


def test_a_customer_may_be_named_as_an_organization(pipeline: Pipeline) -> None:
    """A parent organization owns itself and others."""
    owned = snapshot(organization("org-1"), organization("org-2", customer_id="org-1"), at="2025-01-01")
    pipeline.build(*EVENTS, *owned)
    with pipeline.open() as run:
        assert differs_from_oracle(run, [*EVENTS, *owned]) == {}
        assert summaries(run).keys() == {id_of("org-1")}


@pytest.mark.duckdb("reaches into the DuckDB file")
def test_a_renamed_workspace_is_renamed_in_every_summary(pipeline: Pipeline) -> None:
    """Of last year too, and only in the summaries of the customer whose it is."""
    named = snapshot(workspace("ws-1", name="Before"), at="2025-01-01")
    elsewhere = files_of(request("org-3", workspace_id="ws-2"), name="elsewhere")
    pipeline.build(*EVENTS, *elsewhere, *named)
    renamed = snapshot(workspace("ws-1", name="After"), at="2025-06-01")
    pipeline.land(*renamed)
    with pipeline.open() as run:
        run.con.execute(f"update main.wrapped_summaries set {fact('p50_us', '7')}")
        run.follow()
        for year in (2024, 2025):
            told = summaries(run, year)
            assert told[id_of("org-1")]["top_workspaces"][0]["name"] == "After"
        rewritten = run.rows(
            "select wrapped_id from main.wrapped_summaries where facts ->> 'p50_us' <> '7' and year = 2025"
        )
        assert {key for (key,) in rewritten} == {id_of("org-1")}


def test_a_workspace_gets_the_name_that_arrives_after_its_events(pipeline: Pipeline) -> None:
    """Until then it is Workspace 1."""
    files = files_of(operation())
    pipeline.build(*files)
    named = snapshot(workspace(name="Named"), at="2026-02-01")
    with pipeline.open() as run:
        assert summaries(run)[id_of("org-1")]["top_workspaces"][0]["name"] == "Workspace 1"
        pipeline.land(*named)
        run.follow()
        assert differs_from_oracle(run, files + named) == {}
        assert summaries(run)[id_of("org-1")]["top_workspaces"][0]["name"] == "Named"


def test_another_secret_gives_everyone_another_id(pipeline: Pipeline) -> None:
    """A full refresh with it moves every summary; nothing keeps the old ids."""
    pipeline.build(*EVENTS)
    with pipeline.open() as run:
        run.writer.refresh_identities(b"another secret of 32 bytes or more", True)
        for year in (2024, 2025):
            run.summaries(year)
        told = summaries(run)
        assert len(told) == 2
        assert told.keys().isdisjoint({id_of("org-1"), id_of("org-2")})
        assert run.broken() == set()


def test_the_order_of_identities_and_summaries_does_not_matter(pipeline: Pipeline) -> None:
    """An edition refreshed before its newest organization has an identity is stale again once it has."""
    pipeline.build(*files_of(request("org-1")))
    files = files_of(request("org-1"), request("org-2"))
    pipeline.land(*files)
    with pipeline.open() as run:
        run.import_everything()
        for family in ("pipe_stats", "ingestion", "storage"):
            run.raw(family)
            for level in ("hourly", "daily", "weekly", "monthly"):
                run.rollup(level, family)
        run.summaries(2025)
        run.follow()
        assert differs_from_oracle(run, files) == {}


# ---- Editions


def test_an_edition_reaches_as_far_as_its_newest_export(pipeline: Pipeline) -> None:
    """By the data's own clock, and never beyond the last millisecond of its year."""
    pipeline.build(
        *files_of(request(exported_at="2026-01-03T04:05:06.789"), request(id="x", at="2024-07-07"))
    )
    with pipeline.open() as run:
        told = summaries(run)[id_of("org-1")]
        assert told["through"] == "2025-12-31T23:59:59.999Z"
        assert told["generated_at"] == "2026-01-03T04:05:06.789Z"
        assert summaries(run, 2024)[id_of("org-1")]["through"] == "2024-07-07T00:05:00.000Z"


def test_an_edition_of_a_year_without_rows_does_not_exist(pipeline: Pipeline) -> None:
    """The year after the data is looked at, because it compares with the year before, and stays empty."""
    pipeline.build(*EVENTS)
    with pipeline.open() as run:
        assert run.writer.editions() == [2024, 2025]
        assert run.writer.facts(2026) == []
        run.summaries(2019, full=True)
        assert run.writer.editions() == [2024, 2025]


def frozen(pipeline: Pipeline) -> dict[str, bytes]:
    """An edition that was frozen on the day after its deadline; its documents."""
    pipeline.build(*EVENTS, *snapshot(workspace("ws-1", name="Before"), at="2025-01-01"))
    with pipeline.open() as run:
        report = run.summaries(2025, now=AFTER, freeze_at=FREEZE)
        assert (report.frozen, report.left_out) == (False, 0)
        return run.documents(2025)


def test_before_its_deadline_an_edition_follows(pipeline: Pipeline) -> None:
    """A year that will be frozen is live until then."""
    pipeline.build(*EVENTS)
    with pipeline.open() as run:
        run.summaries(2025, now=datetime(2026, 1, 6, 23, 59, tzinfo=UTC), freeze_at=FREEZE)
        pipeline.land(*files_of(request("org-9", exported_at="2026-01-06T23:59:00"), name="late"))
        run.import_everything()
        run.layers()
        report = run.summaries(2025, now=datetime(2026, 1, 6, 23, 59, 59, tzinfo=UTC), freeze_at=FREEZE)
        assert (report.frozen, report.recomputed) == (False, 1)
        assert id_of("org-9") in summaries(run)


def test_a_frozen_edition_never_changes_and_says_what_it_left_out(pipeline: Pipeline) -> None:
    """Late rows, new owners, new names, even a full rebuild: the same bytes."""
    documents = frozen(pipeline)
    late = [request("org-1", id=f"late-{n}", exported_at="2026-01-20") for n in range(3)]
    pipeline.land(*files_of(*late, name="late"))
    pipeline.land(*snapshot(organization("org-1", customer_id="other"), at="2026-01-20"))
    pipeline.land(*snapshot(workspace("ws-1", name="After"), at="2026-01-20"))
    with pipeline.open() as run:
        run.import_everything()
        run.layers()
        assert 2025 in run.pending().years
        report = run.summaries(2025, now=LONG_AFTER, freeze_at=FREEZE)
        assert (report.frozen, report.recomputed, report.left_out) == (True, 0, 3)
        assert 2025 not in run.pending().years
        assert run.documents(2025) == documents
        run.layers(full=True)
        run.summaries(2025, full=True, now=LONG_AFTER, freeze_at=None)
        assert run.documents(2025) == documents
        assert run.rows(
            "select sum(requests) from daily.pipe_stats_days where event_date >= '2025-01-01'"
        ) == [(6,)]


def test_the_year_after_a_frozen_one_is_not_frozen(pipeline: Pipeline) -> None:
    """And compares with what really happened in the year before."""
    frozen(pipeline)
    pipeline.land(*files_of(request("org-1", id="late", exported_at="2026-01-20"), name="late"))
    pipeline.land(*files_of(request("org-1", at="2026-02-02"), name="next"))
    with pipeline.open() as run:
        run.follow()
        assert summaries(run, 2026)[id_of("org-1")]["previous_year"]["requests"] == 2


# ---- The checks


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """A warehouse with two customers, one of two organizations. What a test does to it must be undone."""
    pipeline = Pipeline(tmp_path_factory.mktemp("built"))
    rows = [request(), operation(), reading(), request("org-2"), request("org-3")]
    owners = [organization("org-1", customer_id="c"), organization("org-2", customer_id="c")]
    pipeline.build(*files_of(*rows, *owners, workspace()))
    with pipeline.open() as run:
        yield run


def test_a_sound_warehouse_breaks_no_rule(built: Run) -> None:
    """Not one check has anything to say."""
    assert built.broken() == set()


@pytest.mark.parametrize(
    "total",
    [
        "requests",
        "errors",
        "bytes_read",
        "rows_read",
        "result_rows",
        "storage_bytes",
        "storage_rows",
        "ingestion_bytes",
        "ingestion_rows",
        "ingestion_operations",
    ],
)
def test_a_wrong_total_in_a_summary_is_reported(built: Run, total: str) -> None:
    """By the check that adds up the months, and by no other."""
    damage = "requests = requests + 1" if total == "requests" else fact(total, "it + 1")
    with built.damaged(f"update main.wrapped_summaries set {damage} where {HAS_STORAGE}"):
        assert built.broken() == {("wrapped_summaries", "totals_equal_rollups")}


@pytest.mark.parametrize(
    "damage",
    [
        f"delete from main.wrapped_summaries where not {HAS_STORAGE}",
        f"update main.wrapped_summaries set wrapped_id = 'stranger' where not {HAS_STORAGE}",
        "insert into main.wrapped_summaries by name select * replace ('stranger' as wrapped_id) from main.wrapped_summaries",
        "delete from main.wrapped_days where day = (select min(day) from main.wrapped_days where year = 2025)",
        "delete from main.wrapped_days",
        "update main.wrapped_days set wrapped_id = 'stranger' where year = 2025",
        "insert into main.wrapped_days select 2025, 'stranger', date '2025-01-01', 0, 0",
    ],
)
def test_a_summary_that_is_missing_or_too_many_is_reported(built: Run, damage: str) -> None:
    """And one whose days do not add up to its requests."""
    with built.damaged(damage):
        assert built.broken() == {("wrapped_summaries", "totals_equal_rollups")}


@pytest.mark.parametrize(
    "damage",
    [
        "insert into main.wrapped_organizations select * replace ('second' as wrapped_id) from"
        " main.wrapped_organizations where organization_id = 'org-3'",
        "update main.wrapped_organizations set wrapped_id = 'second' where organization_id = 'org-2'",
        "update main.wrapped_organizations set wrapped_id = (select wrapped_id from main.wrapped_organizations"
        " where organization_id = 'org-3')",
        "delete from main.wrapped_organizations where organization_id = 'org-3'",
    ],
)
def test_a_second_identity_a_shared_one_and_a_missing_one_are_reported(built: Run, damage: str) -> None:
    """The summaries, which belong to the right identities, no longer fit either."""
    with built.damaged(damage):
        assert ("wrapped_organizations", "one_identity_each") in built.broken()
        assert built.broken() <= {
            ("wrapped_organizations", "one_identity_each"),
            ("wrapped_summaries", "totals_equal_rollups"),
        }


@pytest.mark.duckdb("the same statement checks documents on both engines")
@pytest.mark.parametrize(
    "row",
    [
        request("org-secret-1", pipe_name="copy of org-secret-1"),
        request("org-secret-1", region="org-secret-1"),
        operation("org-secret-1", event_type="append org-secret-1"),
        reading("org-secret-1", datasource_name="org-secret-1_log"),
        request("7", pipe_name="7"),
    ],
)
def test_an_internal_id_in_a_published_text_is_reported(pipeline: Pipeline, row: Row) -> None:
    """Whoever named a thing after an organization would publish its id."""
    pipeline.build(*files_of(row))
    with pipeline.open() as run:
        assert run.broken() == {("wrapped_summaries", "no_internal_ids")}


@pytest.mark.duckdb("the same statement checks documents on both engines")
def test_an_internal_id_in_a_workspaces_name_is_reported(pipeline: Pipeline) -> None:
    """Names come from the snapshots too."""
    pipeline.build(*files_of(request("org-secret-1"), workspace(org="org-secret-1", name="of org-secret-1")))
    with pipeline.open() as run:
        assert run.broken() == {("wrapped_summaries", "no_internal_ids")}


@pytest.mark.duckdb("the same statement checks documents on both engines")
@pytest.mark.parametrize("row", [request("7", pipe_name="top 7"), request("org-1", pipe_name="org-2")])
def test_a_name_that_only_resembles_an_id_is_not_reported(pipeline: Pipeline, row: Row) -> None:
    """A one-letter id is in every other name, and another customer's id says nothing about this one."""
    pipeline.build(*files_of(row, request("org-2", id="other")))
    with pipeline.open() as run:
        assert run.broken() == set()


def test_a_summary_that_differs_in_any_fact_is_found_by_the_deep_comparison(built: Run) -> None:
    """Percentiles, names, lists: what no total shows."""
    for name, value in (
        ("p99_us", "it + 1"),
        ("pipes", "[]"),
        ("workspaces", "null"),
        ("previous_requests", "1"),
    ):
        damage = fact(name, value)
        with built.damaged(f"update main.wrapped_summaries set {damage} where {HAS_STORAGE}"):
            found = [each for each in built.differences() if each["in_table"] == "main.wrapped_summaries"]
            assert sorted(each["side"] for each in found) == ["rebuilt", "stored"], damage


def test_a_live_day_that_has_gone_quiet_is_reported(pipeline: Pipeline) -> None:
    """An hour after the last export of a family, while the year runs; not before, and not once it is over."""
    pipeline.build(*files_of(request(), operation(), reading()))
    quiet = {(f"landing.{family}", "live_day_is_fresh") for family in ("pipe_stats", "ingestion", "storage")}
    with pipeline.open() as run:
        assert run.broken(now=datetime(2025, 3, 1, 11, 5, tzinfo=UTC)) == set()
        assert run.broken(now=datetime(2025, 3, 1, 11, 5, 1, tzinfo=UTC)) == quiet
        assert run.broken(now=datetime(2026, 1, 1, tzinfo=UTC)) == set()


def test_quarantine_is_reported_and_is_only_a_warning(pipeline: Pipeline) -> None:
    """By the family's own check, for the year whose folder it is in."""
    pipeline.build(*files_of(request(), request(id="bad", error=2)))
    with pipeline.open() as run:
        assert run.broken() == {("landing.pipe_stats", "quarantine_is_empty")}
        assert run.broken(2024) == set()
    assert all(check.warning == (check.name in ("quarantine_is_empty", "versions_agree")) for check in CHECKS)


def test_a_frozen_edition_with_late_rows_breaks_no_rule(pipeline: Pipeline) -> None:
    """It left them out on purpose: `wrapped check` must not fail for ever."""
    frozen(pipeline)
    pipeline.land(*files_of(request("org-1", id="late", exported_at="2026-01-20"), name="late"))
    with pipeline.open() as run:
        run.import_everything()
        run.layers()
        run.summaries(2025, now=LONG_AFTER, freeze_at=FREEZE)
        assert run.broken() == set()
        assert run.differences() == []


def test_a_row_that_was_exported_in_time_and_landed_too_late_is_counted_as_left_out(
    pipeline: Pipeline,
) -> None:
    """A region that was cut off delivers its files in February: they are left out, and the report says so."""
    frozen(pipeline)
    pipeline.land(*files_of(request("org-1", id="late", exported_at="2025-03-01T10:05:00"), name="late"))
    with pipeline.open() as run:
        run.import_everything()
        run.layers()
        assert run.summaries(2025, now=LONG_AFTER, freeze_at=FREEZE).left_out == 1


def test_what_has_landed_and_is_not_counted_yet_is_not_claimed(pipeline: Pipeline) -> None:
    """An edition refreshed before raw: its `generated_at` is the newest export contained, not the newest imported."""
    pipeline.build(*EVENTS)
    with pipeline.open() as run:
        before = run.writer.edition(2025)
        pipeline.land(*files_of(request("org-1", id="late", exported_at="2026-01-01"), name="late"))
        run.import_everything()
        run.summaries(2025)
        assert run.writer.edition(2025) == before


@pytest.mark.parametrize("level", ["hourly", "daily", "monthly"])
def test_what_raw_holds_and_a_rollup_does_not_is_not_claimed_either(pipeline: Pipeline, level: str) -> None:
    """An edition refreshed between two layers says how far it reached before, and moves once they are done."""
    pipeline.build(*EVENTS)
    with pipeline.open() as run:
        before = run.writer.edition(2025)
        pipeline.land(*files_of(request("org-1", id="late", exported_at="2026-01-01"), name="late"))
        run.import_everything()
        run.raw("pipe_stats")
        for done in ("hourly", "daily", "monthly")[: ("hourly", "daily", "monthly").index(level)]:
            run.rollup(done, "pipe_stats")
        run.summaries(2025)
        assert run.writer.edition(2025) == before
        assert 2025 in run.pending().years

        run.follow()
        after = run.writer.edition(2025)
        assert after is not None
        assert after.generated_at == datetime(2026, 1, 1, tzinfo=UTC)
