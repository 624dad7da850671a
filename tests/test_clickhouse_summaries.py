"""Editions of ClickHouse are computed in a DuckDB of the run's own, a batch of customers at a time."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from clickhouse_connect.driver.client import Client
from urllib3.exceptions import ProtocolError

from tests import oracle
from tests.landing_files import files_of, operation, organization, reading, request, workspace
from tests.pipeline import SECRET, Pipeline, Run, differs_from_oracle
from wrapped_assets.resources.clickhouse import ClickHouseWriter, computing, summaries
from wrapped_assets.resources.clickhouse.session import Session
from wrapped_assets.resources.errors import WarehouseLost

pytestmark = pytest.mark.clickhouse

OWNERS = {"org-1": "ana", "org-2": "ben", "org-3": "cem", "org-4": "cem", "org-5": "ana"}
FILES = files_of(
    *(
        each
        for org, customer in OWNERS.items()
        for each in (
            organization(org, customer_id=customer),
            workspace("ws-1", org, name=f"work of {org}"),
            request(org, id="before", at="2024-05-06"),
            request(org, id="a", at="2025-05-06"),
            request(org, id="b", at="2025-06-07", pipe_id="p-2", duration=0.2),
            operation(org, id="c", at="2025-05-06"),
            reading(org, at="2025-05-06"),
        )
    )
)


def session_of(run: Run) -> Session:
    """The session the warehouse works with."""
    assert isinstance(run.writer, ClickHouseWriter)
    return run.writer.session


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where temporary folders are made."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.mark.parametrize(
    ("organizations", "expected"),
    [
        (1, [["org-1", "org-5"], ["org-2"], ["org-3", "org-4"]]),
        (2, [["org-1", "org-5"], ["org-2", "org-3", "org-4"]]),
        (5, [["org-1", "org-2", "org-3", "org-4", "org-5"]]),
    ],
)
def test_customers_are_computed_in_batches_each_with_all_its_organizations(
    tmp_path: Path,
    temporary: Path,
    monkeypatch: pytest.MonkeyPatch,
    organizations: int,
    expected: list[list[str]],
) -> None:
    """However few organizations a batch may have, a customer is never cut, and the documents are those of the oracle."""
    monkeypatch.setattr(computing, "BATCH_ORGANIZATIONS", organizations)
    pipeline = Pipeline(tmp_path, engine="clickhouse")
    pipeline.build(*FILES)
    with pipeline.open() as run:
        assert differs_from_oracle(run, FILES) == {}
        summaries.keep_members(session_of(run), 2025, None, everyone=True)
        batches = (
            "select arraySort(groupArray(organization_id)) from staging_members group by batch order by batch"
        )
        assert [found for (found,) in session_of(run).rows(batches)] == expected
    assert list(temporary.iterdir()) == []


def test_an_answer_that_stops_in_the_middle_changes_nothing(
    tmp_path: Path, temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server went while its rows were read: the error says so, the edition is as it was, and no folder is left."""
    pipeline = Pipeline(tmp_path, engine="clickhouse")
    pipeline.build(*FILES)
    pipeline.land(*files_of(request("org-2", id="late", at="2025-07-01"), name="late"))
    with pipeline.open() as run:
        run.import_everything()
        run.layers()
        before = run.writer.facts(2025)
        with monkeypatch.context() as patch, pytest.raises(WarehouseLost, match="connection broken"):
            patch.setattr(Client, "query_arrow_stream", _stopping(Client.query_arrow_stream))
            run.summaries(2025)

        assert run.writer.facts(2025) == before
        assert list(temporary.iterdir()) == []
        run.summaries(2025)
        found = {each["wrapped_id"]: each["requests"] for each in run.writer.facts(2025)}
        assert found == {
            oracle.wrapped_id(SECRET, customer): count
            for customer, count in (("ana", 4), ("ben", 3), ("cem", 4))
        }


STORED = "select year, wrapped_id, requests, days, facts from wrapped_summaries where year = 2025"


@pytest.mark.parametrize(
    "damage",
    [
        (f"select * replace ('stranger' as wrapped_id) from ({STORED} limit 1)"),
        (
            "select * replace (replaceOne(facts, '\"rows_read\":', '\"rows_read\":1') as facts)"
            f" from ({STORED}) where requests = 4 limit 1"
        ),
    ],
)
def test_what_is_wrong_in_a_document_is_found(tmp_path: Path, damage: str) -> None:
    """By DuckDB's statements: a customer too many, a total that is not that of the months."""
    pipeline = Pipeline(tmp_path, engine="clickhouse")
    pipeline.build(*FILES)
    with pipeline.open() as run:
        assert run.broken() == set()
        session_of(run).run(f"insert into wrapped_summaries {damage}")
        assert ("wrapped_summaries", "totals_equal_rollups") in run.broken()


def _stopping(ask: Any) -> Any:
    """Answers with hours of the day stop after their first rows."""

    @contextmanager
    def stopping(client: Client, statement: str, **parameters: Any) -> Iterator[Iterator[pa.RecordBatch]]:
        with ask(client, statement, **parameters) as stream:
            yield _cut(stream) if "monthly_pipe_stats_hours" in statement else stream

    return stopping


def _cut(stream: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    yield next(stream)
    raise ProtocolError("connection broken")
