"""The synthetic listeners: the same world each time, everything that goes wrong in it, and totals that the pipeline computes too."""

from datetime import date
from pathlib import Path

import duckdb
import pytest

from tests.listeners import World
from tests.pipeline import Pipeline, say_nothing
from wrapped_assets.products.listening import synthetic

SMALL = synthetic.World(listeners=300, median_plays=20, tracks=300, artists=30)
SINCE = date(2024, 1, 1)


@pytest.fixture(scope="module")
def landing(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, synthetic.Truth]:
    """A small world, and what is true of it."""
    home = tmp_path_factory.mktemp("listeners")
    return home / "landing", synthetic.write(SMALL, home / "landing", SINCE, say_nothing)


def ask(landing: Path, question: str) -> list[tuple[object, ...]]:
    """What the landing files hold."""
    tables = {
        name: f"read_parquet('{landing}/{name}/**/*.parquet')"
        for name in ("plays", "tracks", "track_aliases", "listeners")
    }
    with duckdb.connect() as con:
        return con.execute(question.format(**tables)).fetchall()


def test_the_same_numbers_give_the_same_world(landing: tuple[Path, synthetic.Truth], tmp_path: Path) -> None:
    """Row by row; another seed gives another."""
    rows = "select sum(hash(user_id, track_id, ts, ms_played, exported_at)) from {plays}"
    again = synthetic.write(SMALL, tmp_path / "again", SINCE, say_nothing)

    assert again == landing[1]
    assert ask(tmp_path / "again", rows) == ask(landing[0], rows)
    other = synthetic.World(seed=2, listeners=300, median_plays=20, tracks=300, artists=30)
    assert synthetic.write(other, tmp_path / "other", SINCE, say_nothing) != landing[1]


@pytest.mark.parametrize(
    "accident",
    [
        "select count(*) from (select 1 from {plays} group by user_id, track_id, ts having count(*) > 1)",
        "select count(*) from (select 1 from {plays} group by user_id, track_id, ts having count(distinct ms_played) > 1)",
        "select count(*) from {plays} where exported_at > ts + interval 15 day",
        "select count(*) from {plays} join {tracks} using (track_id) where ms_played > 5 * duration_ms",
        "select count(*) from {plays} join {track_aliases} using (track_id)",
        "select count(*) from {track_aliases} as one join {track_aliases} as two on two.track_id = one.canonical_track_id",
        "select count(*) from {listeners} where opted_out = 1",
        "select count(*) from {listeners} where time_zone is null",
        "select count(*) from {listeners} where user_id not in (select user_id from {plays})",
        "select count(*) from {plays} where ms_played < 30000",
    ],
)
def test_everything_that_goes_wrong_is_there(landing: tuple[Path, synthetic.Truth], accident: str) -> None:
    """Retries alike and unlike, late syncs, paused clients, aliases and chains, listeners without a zone or a play, skips."""
    assert ask(landing[0], accident) > [(0,)]


def test_what_is_computed_is_what_the_source_knows(
    landing: tuple[Path, synthetic.Truth], tmp_path: Path
) -> None:
    """Plays, streams and milliseconds of every listener."""
    world = World(Pipeline(tmp_path))
    world.pipeline.landing.symlink_to(landing[0])
    world.build(2025)

    assert world.totals(2025) == landing[1].listeners
