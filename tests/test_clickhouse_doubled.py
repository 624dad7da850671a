"""What a kill in mid-swap leaves in ClickHouse, rows that stand twice, and what must not count twice for it."""

from pathlib import Path

import pytest

from tests.landing_files import files_of, organization, request, workspace
from tests.pipeline import Pipeline
from wrapped_assets.resources.clickhouse import ClickHouseWriter

pytestmark = pytest.mark.clickhouse


@pytest.mark.parametrize("table", ["wrapped_organizations", "dimensions_workspaces"])
def test_owners_and_names_that_stand_twice_count_once(tmp_path: Path, table: str) -> None:
    """A swap of them was killed: until the next one the old rows stand beside the new ones."""
    pipeline = Pipeline(tmp_path, engine="clickhouse")
    pipeline.build(
        *files_of(
            request(id="a", at="2025-03-01"),
            request(id="b", at="2025-03-02", workspace_id="ws-2"),
            organization("org-1", name="Ana"),
            workspace("ws-1", name="one"),
            workspace("ws-2", name="two"),
        )
    )
    with pipeline.open() as run:
        expected = run.writer.facts(2025)
        assert isinstance(run.writer, ClickHouseWriter)
        run.writer.session.run(f"insert into {table} select * from {table}")
        run.summaries(2025, full=True)

        assert run.writer.facts(2025) == expected
        assert expected[0]["requests"] == 2 and len(expected[0]["workspaces"]) == 2
