"""Fixtures that several test modules share."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.pipeline import Pipeline


@pytest.fixture(params=["duckdb", pytest.param("clickhouse", marks=pytest.mark.clickhouse)])
def engine(request: pytest.FixtureRequest) -> str:
    """Each engine in turn: whoever asks for a pipeline proves its promise on both."""
    if request.param == "clickhouse" and (reason := request.node.get_closest_marker("clickhouse_fails")):
        request.applymarker(pytest.mark.xfail(reason=reason.args[0]))
    if request.param == "clickhouse" and (reason := request.node.get_closest_marker("duckdb")):
        pytest.skip(f"about DuckDB: {reason.args[0]}")
    return str(request.param)


@pytest.fixture
def pipeline(tmp_path: Path, engine: str) -> "Pipeline":
    """An empty landing folder and a warehouse that nothing has been built in."""
    # Imported late: pytest keeps this module to the very end, and DuckDB then complains of leaks.
    from tests.pipeline import Pipeline

    return Pipeline(tmp_path, engine=engine)
