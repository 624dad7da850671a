"""A serving snapshot from ClickHouse while another machine goes on writing: it is of one moment, or there is none."""

from pathlib import Path

import duckdb
import pytest

from tests.landing_files import files_of, request
from tests.pipeline import Pipeline, Run
from wrapped_assets.resources.errors import SnapshotNotReady
from wrapped_assets.snapshot import from_clickhouse
from wrapped_assets.snapshot.from_warehouse import write_snapshot
from wrapped_assets.snapshot.writing import Draft

pytestmark = pytest.mark.clickhouse


def landing_while_it_is_written(
    monkeypatch: pytest.MonkeyPatch, pipeline: Pipeline, run: Run, times: int
) -> None:
    """Whenever a snapshot has been begun a file lands and every layer follows it, so many times."""
    begin = Draft.fill_edition
    landed = 0

    def disturbed(self: Draft, *args: object) -> None:
        nonlocal landed
        if landed < times:
            landed += 1
            pipeline.land(*files_of(request(id=f"late-{landed}", at="2025-03-01"), name=f"late-{landed}"))
            run.follow()
        begin(self, *args)  # type: ignore[arg-type]

    monkeypatch.setattr(Draft, "fill_edition", disturbed)


def test_it_is_begun_anew_when_something_was_swapped_meanwhile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What landed then is in its numbers and in its edition alike."""
    pipeline = Pipeline(tmp_path, engine="clickhouse")
    pipeline.build(*files_of(request(id="a", at="2025-03-01")))
    with pipeline.open() as run:
        landing_while_it_is_written(monkeypatch, pipeline, run, times=1)
        write_snapshot(run.writer, tmp_path / "snapshot.duckdb", 2025)
    with duckdb.connect(str(tmp_path / "snapshot.duckdb"), read_only=True) as con:
        (files,) = con.execute("select count(*) from files where family = 'pipe_stats'").fetchone() or (0,)
        (requests,) = con.execute(
            "select sum(amount) from monthly.parts where kind = 'requests'"
        ).fetchone() or (0,)

    assert (files, requests) == (2, 2)


def test_it_is_refused_when_that_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the reason, and nothing is left behind."""
    pipeline = Pipeline(tmp_path, engine="clickhouse")
    pipeline.build(*files_of(request(id="a", at="2025-03-01")))
    with pipeline.open() as run:
        landing_while_it_is_written(monkeypatch, pipeline, run, times=from_clickhouse.ATTEMPTS)
        with pytest.raises(SnapshotNotReady, match=f"(?i){from_clickhouse.MOVED}"):
            write_snapshot(run.writer, tmp_path / "snapshot.duckdb", 2025)

    assert not (tmp_path / "snapshot.duckdb").exists()
