"""A ClickHouse warehouse of an older version is upgraded in place: what it holds stays, and editions are computed anew."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.pipeline import Pipeline, Run
from wrapped_assets.resources.clickhouse import ClickHouseWriter, schema

pytestmark = pytest.mark.clickhouse

# A request, its state in the months, its customer, and the edition it is in.
HELD = (
    """insert into raw_pipe_stats values ('2025-03-01 10:00:00', 'org-1', 'w', 'p', 'pipe', 'r', 200, 1, 250000, 1, 2, 3, 50000,
    'GET', null, 'eu', '2025-03-01 10:05:00', 0)""",
    """insert into monthly_pipe_stats_requests select '2025-03-01', 'org-1', 'w', 'p', 'pipe', 'eu', sumState(toInt64(1)),
    sumState(toInt128(1)), sumState(toInt128(1)), sumState(toInt128(2)), sumState(toInt128(3)), sumState(toInt128(50000)),
    maxState(toDateTime64('2025-03-01 10:00:00', 6, 'UTC')), 0""",
    "insert into wrapped_organizations values ('org-1', 'org-1', 'w-1', null, null)",
    """insert into edition_log values (2025, '2025-03-01 10:05:00', '2025-03-01 10:05:00', 7, null, [], 7, 7, 8),
    (2024, '2024-03-01 10:05:00', '2024-03-01 10:05:00', 7, '2025-01-31', [], 7, 7, 8)""",
    """insert into wrapped_summaries select 2024, 'w-1', 1, 1, 1, 2, 3, 4, 5, 6, [('2024-03-01', 1, 1)], [(10, 1)], [], [], [],
    null, null, [], 0, 0, 0, [], 9""",
)


@pytest.fixture
def upgraded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    """A warehouse that was made before anything could be unknown, opened by this version."""
    pipeline = Pipeline(tmp_path, engine="clickhouse")
    with monkeypatch.context() as before:
        before.setattr(schema, "MIGRATIONS", [name for name in schema.MIGRATIONS if name < "0033"])
        with pipeline.open() as run:
            assert isinstance(run.writer, ClickHouseWriter)
            for statement in HELD:
                run.writer.session.run(statement)
    (tmp_path / "landing").mkdir(exist_ok=True)
    with pipeline.open() as run:
        yield run


def test_an_upgrade_keeps_what_is_held_and_has_live_editions_computed_anew(upgraded: Run) -> None:
    """Nothing of before is unknown. A frozen edition stays as it is, and compares no months."""
    assert isinstance(upgraded.writer, ClickHouseWriter)
    session = upgraded.writer.session

    assert session.rows(
        "select error, duration_us, result_rows, cpu_time_us, method from raw_pipe_stats"
    ) == [(1, 250_000, 3, 50_000, "GET")]
    merged = "sumMerge(requests), sumMerge(errors), sumMerge(errors_unknown), sumMerge(result_rows), sumMerge(result_rows_unknown)"
    assert session.rows(f"select {merged} from monthly_pipe_stats_requests") == [(1, 1, 0, 3, 0)]
    assert session.rows("select year, kind, organization_id, sequence from stale_summaries") == [
        (2025, "organization", "org-1", 8)
    ]
    assert session.rows("select errors, previous_requests, previous_months from wrapped_summaries") == [
        (1, 9, [])
    ]
