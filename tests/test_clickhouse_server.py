"""A ClickHouse server that listens, dies and is out of reach: the same tables and documents as ever, and errors that help."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests import worlds
from tests.built_world import YEAR, BuiltWorld
from tests.clickhouse_server import Server
from tests.examples import first
from tests.pipeline import YEARS, Pipeline
from tests.served import Served

pytestmark = pytest.mark.clickhouse_server


@pytest.mark.parametrize("seed", first(1, [11, 12, 13]))
def test_a_server_holds_what_duckdb_holds_to_the_last_byte(server: Server, tmp_path: Path, seed: int) -> None:
    """Every table and every document of a hostile world; the years' states aside, which only DuckDB keeps."""
    files = list({file.key: file for file in worlds.make_world(seed=seed, size=25)}.values())
    embedded, served = Pipeline(tmp_path), Served(tmp_path, url=server.url())
    embedded.build(*files)
    served.build()
    with embedded.open() as run:
        tables = {name: rows for name, rows in run.tables().items() if not name.startswith("yearly.")}
        documents = [run.documents(year) for year in YEARS]
    with served.open() as run:
        assert run.tables() == tables
        assert [run.documents(year) for year in YEARS] == documents
        assert run.differences() == []


def test_the_command_line_builds_the_same_world_over_a_server(
    built_world: BuiltWorld, server: Server, tmp_path: Path
) -> None:
    """Two synthetic weeks with every kind of accident, through Dagster: the same tables, documents and checks."""
    embedded = built_world.twin(tmp_path / "embedded")
    served = replace(built_world, home=tmp_path / "served").with_settings(WRAPPED_WAREHOUSE_URL=server.url())
    done = served.wrapped("build", "--year", str(YEAR))
    assert done.returncode == 0, done.stdout + done.stderr

    with Pipeline(embedded.home).open() as run:
        tables = {name: rows for name, rows in run.tables().items() if not name.startswith("yearly.")}
        documents = run.documents(YEAR)
    with Served(served.home, url=server.url()).open() as run:
        assert run.tables() == tables
        assert run.documents(YEAR) == documents and len(documents) > 20
    for arguments in (("check", "--year", str(YEAR)), ("summary", "--year", str(YEAR))):
        ours, theirs = served.wrapped(*arguments), embedded.wrapped(*arguments)
        assert (ours.returncode, ours.stdout) == (theirs.returncode, theirs.stdout)
    assert served.wrapped("check", "--year", str(YEAR), "--deep").stdout.count("identical") == 17
