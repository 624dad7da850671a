"""The oracle of a listener's year on cases worked out by hand: what it reads wrongly, no comparison with it would show."""

from datetime import UTC, datetime, timedelta
from typing import Any

from tests import listening_oracle
from tests.listeners import play

Row = dict[str, Any]
JANUARY = datetime(2025, 1, 1, tzinfo=UTC)


def documents(
    plays: list[Row],
    *,
    tracks: list[Row] | None = None,
    aliases: list[tuple[str, str]] | None = None,
    zones: dict[str, str] | None = None,
    named: list[str] | None = None,
    **more: Any,
) -> dict[str, Row]:
    """The documents of 2025."""
    said = {"region": "eu", "exported_at": JANUARY}
    return listening_oracle.documents(
        plays,
        [{"artist_id": artist, "name": artist.upper(), "genre": None, **said} for artist in named or []],
        [{"title": None, **track, **said} for track in tracks or []],
        [{"track_id": one, "canonical_track_id": other, **said} for one, other in aliases or []],
        [],
        [
            {"user_id": user, "time_zone": zone, "opted_out": 0, **said}
            for user, zone in (zones or {}).items()
        ],
        2025,
        **more,
    )


def test_a_chain_of_aliases_is_one_track_and_a_circle_is_none() -> None:
    """x stands for y, y for z: three streams of z. 1 leads into 2, which stands for 3, which stands for 2: each is itself."""
    plays = [
        play("ann", track, f"2025-03-01T1{n}:00:00") for n, track in enumerate(["x", "y", "z", "1", "2", "3"])
    ]
    found = documents(plays, aliases=[("x", "y"), ("y", "z"), ("1", "2"), ("2", "3"), ("3", "2")])["ann"]

    assert [(t["id"], t["streams"]) for t in found["top_tracks"]] == [("z", 3), ("1", 1), ("2", 1), ("3", 1)]


def test_a_play_is_as_long_as_its_track_at_most_and_a_short_track_is_streamed_whole() -> None:
    """Two hours of a track of 20 s are 20 s and a stream; 19,999 ms of it are a skip; a length of 0 is none."""
    tracks = [
        {"track_id": "short", "artist_id": "a", "duration_ms": 20_000},
        {"track_id": "unknown", "artist_id": "a", "duration_ms": 0},
    ]
    plays = [
        play("ann", "short", "2025-03-01T10:00:00", 7_200_000),
        play("ann", "short", "2025-03-01T11:00:00", 19_999),
        play("ann", "unknown", "2025-03-01T12:00:00", 29_999),
        play("ann", "unknown", "2025-03-01T13:00:00", 7_200_000),
    ]
    found = documents(plays, tracks=tracks)["ann"]

    assert (found["plays"], found["streams"], found["total_ms"]) == (
        4,
        2,
        20_000 + 19_999 + 29_999 + 7_200_000,
    )
    assert found["total_minutes"] == 121


def test_the_year_is_that_of_the_listeners_zone() -> None:
    """Kiribati is 14 hours ahead of UTC, Pago Pago 11 behind: of the first and the last hour of UTC's year each has another one."""
    zones = {"ahead": "Pacific/Kiritimati", "behind": "Pacific/Pago_Pago", "utc": "Mars/Olympus"}
    plays = [play(user, "t", at) for user in zones for at in ("2025-01-01T00:30:00", "2025-12-31T23:30:00")]
    found = documents(plays, zones=zones)

    assert [(user, year["plays"], year["peak_day"]["date"]) for user, year in sorted(found.items())] == [
        ("ahead", 1, "2025-01-01"),
        ("behind", 1, "2025-12-31"),
        ("utc", 2, "2025-01-01"),
    ]
    assert found["utc"]["time_zone"] == "UTC"


def test_an_hour_that_is_there_twice_is_one_hour_of_the_day() -> None:
    """In Madrid 2 o'clock comes twice on 26 October, and not at all on 30 March."""
    ats = ["2025-10-26T00:30:00", "2025-10-26T01:30:00", "2025-03-30T00:59:59.999", "2025-03-30T01:00:00"]
    hours = documents([play("ann", "t", at) for at in ats], zones={"ann": "Europe/Madrid"})["ann"]["hours"]

    assert {hour: ms for hour, ms in enumerate(hours) if ms} == {1: 60_000, 2: 120_000, 3: 60_000}


def test_runs_of_days_go_over_the_ends_of_months_and_the_earliest_of_equal_ones_counts() -> None:
    """Three days from 30 January with b, three from 5 May with a; four days in a row with both."""
    days = ["01-30", "01-31", "02-01", "05-05", "05-06", "05-07"]
    plays = [
        play("ann", "t", f"2025-{day}T10:00:00", artist_id="b" if day < "05" else "a") for day in days
    ] + [play("ann", "u", "2025-02-02T10:00:00", artist_id="c")]
    found = documents(plays)["ann"]

    assert found["devotion"] == {"artist": {"id": "b", "name": None}, "days": 3, "from": "2025-01-30"}
    assert (found["longest_streak_days"], found["active_days"]) == (4, 7)


def test_a_discovery_was_never_streamed_before() -> None:
    """A skip in 2024 is no stream: a is new, b is not. What was first heard in December is the later discovery."""
    plays = [
        play("ann", "t", "2024-12-30T10:00:00", 29_999, artist_id="a"),
        play("ann", "u", "2024-12-30T11:00:00", 30_000, artist_id="b"),
        play("ann", "t", "2025-06-01T10:00:00", 40_000, artist_id="a"),
        play("ann", "u", "2025-06-01T11:00:00", 90_000, artist_id="b"),
        play("ann", "v", "2025-12-01T10:00:00", 50_000, artist_id="c"),
    ]
    found = documents(plays)["ann"]["discoveries"]

    assert found["new_artists"] == 2
    assert found["first_artist"] == {"id": "a", "name": None, "date": "2025-06-01"}
    assert found["top_new_artist"] == {"id": "c", "name": None, "ms": 50_000}


def test_claims_are_about_all_listeners_and_equals_are_ahead_of_each_other() -> None:
    """Of 20 listeners one has the most: 1 of 20 is 5 percent. With a second one as good, neither is. The first of four is before 75 percent."""
    most = [
        play(f"u{n:02}", "t", "2025-03-01T10:00:00", 60_000 + (n == 19), artist_id="a") for n in range(20)
    ]
    alone = documents(most, named=["a"], floor=3)
    most[18]["ms_played"] += 1
    equal = documents(most, named=["a"], floor=3)
    assert [user for user, year in alone.items() if year["global_rank_blurbs"]] == ["u19"]
    assert alone["u19"]["global_rank_blurbs"][0]["percent"] == 5
    assert not any(year["global_rank_blurbs"] for year in equal.values())

    first = [play(f"u{n}", "t", f"2025-03-0{n + 1}T10:00:00", artist_id="a") for n in range(4)]
    told = documents(first, named=["a"], floor=3)
    percents = {user: [b["percent"] for b in year["global_rank_blurbs"]] for user, year in told.items()}
    assert percents == {"u0": [75], "u1": [50], "u2": [], "u3": []}
    assert not documents(first, named=["a"], floor=5)["u0"]["global_rank_blurbs"]


def test_last_year_is_the_same_days_and_only_of_those_who_were_there() -> None:
    """The window ends on 15 November in both years; ann came in January, bob in February. The year must be over."""
    window = ((1, 1), (11, 15))
    plays = [
        play("ann", "t", "2024-01-31T10:00:00", 60_000),
        play("ann", "t", "2024-11-16T10:00:00", 500_000),
        play("bob", "t", "2024-02-01T10:00:00"),
        *(play(user, "t", "2025-11-15T10:00:00") for user in ("ann", "bob")),
    ]
    assert documents(plays, window=window)["ann"]["against_last_year"] == {
        "total_ms": 60_000,
        "streams": 1,
        "same_top_artist": True,
    }
    assert documents(plays, window=window)["bob"]["against_last_year"] is None
    for row in plays:
        row["exported_at"] = row["ts"] + timedelta(hours=1)
    assert documents(plays, window=window)["ann"]["against_last_year"] is None


def test_the_newest_version_counts_and_of_equal_ones_the_longer() -> None:
    """Also when the newest is shorter; a null is below every value."""
    row = play("ann", "t", "2025-03-01T10:00:00", 90_000)
    newer = {**row, "ms_played": 40_000, "exported_at": row["exported_at"] + timedelta(seconds=1)}
    tied = [
        {**newer, "ms_played": 50_000, "artist_id": "a"},
        {**newer, "ms_played": 50_000, "artist_id": "b"},
    ]

    assert documents([newer, row])["ann"]["total_ms"] == 40_000
    found = documents([tied[1], newer, row, tied[0]])["ann"]
    assert (found["total_ms"], found["top_artists"][0]["id"], found["plays"]) == (50_000, "b", 1)
