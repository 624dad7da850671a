"""A listener's year is what plain Python says of the plays that landed, whatever order, repetition, late file, engine or bucket."""

import random
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.listeners import NEVER, WHOLE, World, comparable, expected, play, random_world
from tests.pipeline import Pipeline
from wrapped_assets.bucketed.edition_database import EditionDatabase
from wrapped_assets.bucketed.editions_of import stale_editions
from wrapped_assets.products.listening import LISTENING
from wrapped_assets.settings import Settings

WINDOWS = [WHOLE, ((1, 1), (11, 15)), ((2, 10), (11, 15))]


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Nothing yet, on DuckDB; a claim takes 3 listeners."""
    return World(Pipeline(tmp_path))


def says(found: dict[str, Any], true: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    """The fields by which documents differ from the oracle's: what they say, and what is true."""
    differing = {}
    for user in {*found, *true}:
        one, other = (comparable(found[user]) if user in found else {}), dict(true.get(user, {}))
        if other.get("personality"):
            other["personality"] = {"axes": other["personality"]["axes"]}
        for name in {*one, *other}:
            if one.get(name) != other.get(name):
                differing[f"{user} {name}"] = (one.get(name), other.get(name))
    return differing


def random_documents(home: Path, seed: int, engine: str) -> dict[str, tuple[Any, Any]]:
    """What is wrong in a random world, and what its checks find."""
    dice = random.Random(seed)
    window, buckets = dice.choice(WINDOWS), dice.choice([1, 2, 8])
    made = World(Pipeline(home, engine=engine), floor=dice.choice([1, 2, 3]), buckets=buckets, window=window)
    random_world(dice, made, plays=dice.choice([5, 60, 200]))
    wrong = says(made.build(2025), expected(made, 2025))
    for name, count in made.violations(2025).items():
        if name not in ("alias_circles", "unknown_tracks"):
            wrong[name] = (count, 0)
    return wrong


@pytest.mark.parametrize(
    "seed", [*range(4), *(pytest.param(s, marks=pytest.mark.proof) for s in range(4, 30))]
)
def test_documents_are_what_plain_python_says(tmp_path: Path, seed: int) -> None:
    """Random plays at every edge, catalogs with aliases and circles, zones on both sides of the date line."""
    assert random_documents(tmp_path, seed, "duckdb") == {}


@pytest.mark.clickhouse
@pytest.mark.parametrize("seed", range(100, 106))
def test_documents_on_clickhouse_are_what_plain_python_says(tmp_path: Path, seed: int) -> None:
    """The same, with raw in ClickHouse."""
    assert random_documents(tmp_path, seed, "clickhouse") == {}


@pytest.mark.proof
@pytest.mark.parametrize("seed", range(200, 208))
def test_following_gives_what_computing_at_once_gives(tmp_path: Path, seed: int) -> None:
    """Plays, versions and people that arrive one after the other, an edition brought up to date after each."""
    dice = random.Random(seed)
    made = World(Pipeline(tmp_path), buckets=4)
    random_world(dice, made, plays=60)
    made.build(2025)
    for number in range(4):
        rows = dice.sample(made.landed.plays, min(3, len(made.landed.plays)))
        later = [
            {
                **row,
                "ms_played": dice.choice([0, 30_000, 500_000]),
                "exported_at": row["exported_at"] + timedelta(days=9),
            }
            for row in rows
        ]
        new = play(
            f"user-{dice.randrange(12)}", f"track-{dice.randrange(12)}", f"2025-0{number + 1}-28T23:30:00"
        )
        made.land(*later, new)
        zone, out = dice.choice(["Asia/Tokyo", "Pacific/Kiritimati", None]), dice.choice([0, 1])
        person = {"user_id": f"user-{dice.randrange(6)}", "time_zone": zone, "opted_out": out}
        made.name("listeners", person, exported_at=f"2026-02-0{number + 1}")
        assert says(made.build(2025), expected(made, 2025)) == {}, number


def test_only_those_whom_a_late_play_concerns_are_computed(world: World) -> None:
    """A play of one listener in a month of three: one changes, and a second refresh finds nothing."""
    world.land(
        *(play(user, "t", f"2025-03-0{day}T10:00:00") for user in ("ann", "bob", "eve") for day in (1, 2))
    )
    world.build(2025)
    world.land(play("ann", "t", "2025-03-03T10:00:00"))
    world.follow()

    assert world.compute(2025) == 1
    assert world.compute(2025) == 0
    assert says(world.documents(2025), expected(world, 2025)) == {}


def test_a_row_exported_again_with_another_duration_counts_once(world: World) -> None:
    """The newest export wins, also when it says less; of one instant the longer."""
    first = play("ann", "t", "2025-03-01T10:00:00", 200_000)
    world.land(
        first, {**first, "ms_played": 190_000, "exported_at": first["exported_at"] + timedelta(days=1)}
    )
    tied = play("ann", "t", "2025-03-01T11:00:00", 40_000)
    world.land(tied, {**tied, "ms_played": 50_000})

    document = world.build(2025)["ann"]
    assert (document["plays"], document["streams"], document["total_ms"]) == (2, 2, 240_000)


def test_late_plays_are_left_out_after_the_freeze_and_named(world: World) -> None:
    """The first refresh after it takes in what landed until then; a full one takes in the rest."""
    world.land(play("ann", "t", "2025-03-01T10:00:00"))
    world.follow()
    world.compute(2025, now=NEVER)
    # The last one is another year's wherever its listener is.
    for user, at in (("ann", "2025-03-01T11"), ("bob", "2025-04-01T11"), ("eve", "2026-01-02T11")):
        world.land(play(user, "t", f"{at}:00:00"))
    world.follow()
    before = world.documents(2025)

    assert world.late(2025) == 2
    assert world.documents(2025) == before
    world.compute(2025, full=True)
    assert says(world.documents(2025), expected(world, 2025)) == {}


def test_who_opts_out_after_the_freeze_has_no_document(world: World) -> None:
    """And nothing else of the edition changes, not even by a move that the same snapshot tells of."""
    world.land(play("ann", "t", "2025-03-01T10:00:00"), play("bob", "t", "2025-03-01T23:30:00"))
    world.follow()
    world.compute(2025, now=NEVER)
    before = world.documents(2025)
    world.name(
        "listeners",
        {"user_id": "ann", "opted_out": 1},
        {"user_id": "bob", "time_zone": "Asia/Tokyo"},
        exported_at="2026-03-01",
    )
    world.follow()
    world.compute(2025, now=NEVER)

    assert world.documents(2025) == {"bob": before["bob"]}


def test_a_move_that_a_kill_interrupted_is_counted(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The new zone was kept, and no month was counted with it."""
    world.land(play("ann", "t", "2025-03-01T23:30:00"), play("ann", "t", "2025-05-01T23:30:00"))
    world.build(2025)
    world.name("listeners", {"user_id": "ann", "time_zone": "Asia/Tokyo"}, exported_at="2026-03-01")
    world.follow()

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(EditionDatabase, "_replace_pieces", killed)
        world.compute(2025)
    world.compute(2025)

    assert says(world.documents(2025), expected(world, 2025)) == {}
    assert world.documents(2025)["ann"]["time_zone"] == "Asia/Tokyo"


def test_medians_stay_when_everything_is_counted_anew(tmp_path: Path) -> None:
    """They are pinned with the catalog: more plays move them only with the next pin."""
    made = World(Pipeline(tmp_path), floor=1)
    made.land(*(play(f"user-{n}", f"t{n % 7}", "2025-03-01T10:00:00", 30_000 + n) for n in range(120)))
    made.build(2025)
    first = made.ask(2025, "from medians")
    made.land(*(play(f"user-{n}", f"t{n % 7}", "2025-04-01T10:00:00") for n in range(120)))
    made.follow()
    made.compute(2025, full=True)

    assert made.ask(2025, "from medians") == first
    made.compute(2025, again=True)
    assert made.ask(2025, "from medians") != first


def test_the_catalog_stays_until_it_is_pinned_again(world: World) -> None:
    """A new name and a new length land, and nothing changes before the pin."""
    world.land(play("ann", "t", "2025-03-01T10:00:00", 90_000))
    world.name("tracks", {"track_id": "t", "title": "Old", "artist_id": "a", "duration_ms": 80_000})
    world.build(2025)
    newer = {"track_id": "t", "title": "New", "artist_id": "a", "duration_ms": 70_000}
    world.name("tracks", newer, exported_at="2025-02-01")
    world.land(play("bob", "t", "2025-03-02T10:00:00", 90_000))

    documents = world.build(2025)
    assert [documents[user]["total_ms"] for user in ("ann", "bob")] == [80_000, 80_000]
    assert documents["ann"]["top_tracks"][0]["title"] == "Old"

    world.compute(2025, again=True)
    assert says(world.documents(2025), expected(world, 2025)) == {}
    assert world.documents(2025)["ann"]["total_ms"] == 70_000


def test_a_tie_never_flatters(world: World) -> None:
    """Of 40 listeners the best two have the same: neither is in the top 2 percent, both are in the top 5."""
    world.name("artists", {"artist_id": "a", "name": "A"})
    users = [f"user-{number:02}" for number in range(40)]
    rows = [
        play(user, "t", "2025-03-01T10:00:00", 40_000 + 1000 * n, artist_id="a")
        for n, user in enumerate(users)
    ]
    rows[38]["ms_played"] = rows[39]["ms_played"]
    world.land(*rows)

    documents = world.build(2025)
    claims = {
        user: [b["percent"] for b in document["global_rank_blurbs"] if b["kind"] == "top_percent"]
        for user, document in documents.items()
    }
    assert {user for user, found in claims.items() if found} == {"user-38", "user-39"}
    assert claims["user-39"] == [5]
    assert world.violations(2025, "claims") == {}


def test_nothing_is_told_of_an_artist_with_fewer_listeners_than_the_floor(tmp_path: Path) -> None:
    """Two of three needed."""
    made = World(Pipeline(tmp_path), floor=3)
    made.name("artists", {"artist_id": "a", "name": "A"}, {"artist_id": "b", "name": "B"})
    for artist, users in (("a", ("ann", "bob")), ("b", ("ann", "bob", "eve"))):
        made.land(
            *(play(u, artist, f"2025-03-0{n + 1}T10:00:00", artist_id=artist) for n, u in enumerate(users))
        )

    documents = made.build(2025)
    told = {
        blurb["artist"]["id"] for document in documents.values() for blurb in document["global_rank_blurbs"]
    }
    assert told == {"b"}


def test_an_address_in_a_name_is_shown_to_nobody(world: World) -> None:
    """In a title, an artist's name and a genre."""
    world.land(play("ann", "t", "2025-03-01T10:00:00", artist_id="a"))
    named = {"artist_id": "a", "name": "me@example.com", "genre": "for me@example.com"}
    world.name("artists", named)
    world.name("tracks", {"track_id": "t", "title": "Call me%40example.com", "artist_id": "a"})

    assert "example.com" not in str(world.build(2025))


def test_every_document_is_one_of_the_model(world: World) -> None:
    """The pydantic model of the document, strict, accepts what the SQL writes."""
    random_world(random.Random(5), world, plays=200)
    world.build(2025)
    texts = world.texts(2025)
    assert texts
    for text in texts:
        assert LISTENING.model.model_validate_json(text)


def test_each_check_finds_what_it_is_for(world: World) -> None:
    """A total, a missing document, a top list, a claim and an id, each made wrong by hand."""
    world.name("artists", {"artist_id": "a", "name": "A"})
    world.land(*(play(f"user-{n}", "t", f"2025-03-0{n + 1}T10:00:00", artist_id="a") for n in range(4)))
    world.build(2025)
    assert world.violations(2025) == {"unknown_tracks": 1}

    for damage, check in (
        ("update totals set streams = streams + 1", "conserved"),
        ("delete from documents where listener = 1", "complete"),
        (
            "update documents set document = replace(document, '\"unique_tracks\":1', '\"unique_tracks\":2')",
            "recounted",
        ),
        ("update documents set document = replace(document, '\"percent\":75', '\"percent\":76')", "claims"),
        ("update documents set document = replace(document, '\"UTC\"', '\"user-2\"')", "foreign_ids"),
    ):
        with world.damaged(2025, damage):
            assert check in world.violations(2025), check


def test_an_edition_begins_when_plays_are_its_own(world: World) -> None:
    """On 1 January, west of UTC, people still listen in the old year; without the day before it the day is the new year's."""
    settings = Settings.load({"WRAPPED_HOME": str(world.pipeline.home / "home")})
    for at, years in (
        ("2025-12-31T10:00:00", {2025}),
        ("2026-01-01T02:00:00", {2025}),
        ("2026-01-02T10:00:00", {2025, 2026}),
        ("2024-01-01T10:00:00", {2024, 2025, 2026}),
    ):
        world.land(play("ann", "t", at))
        world.follow()
        with world.pipeline.warehouse.reading() as reader:
            assert stale_editions(reader, settings, LISTENING) == years
