"""What an import of a person's own export promises: each published shape is read, once however often, and nothing private is kept."""

import json
import zipfile
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.built_world import BuiltWorld
from wrapped_assets.landing.store import LandingStore
from wrapped_assets.products.listening import importers
from wrapped_assets.products.listening.importers import landing
from wrapped_assets.products.listening.importers.exports import NotAnExport
from wrapped_assets.products.listening.importers.plays import Found

NOW = datetime(2026, 1, 10, tzinfo=UTC)
RECORDING, ARTIST = "b1a9c0e9-d987-4042-ae91-78d6a3267d69", "5b11f4ce-a62d-471e-81fc-a69a8278c7da"


def streamed(ts: str, ms: int, title: str | None = "Air", **more: Any) -> dict[str, Any]:
    """A row as Spotify exports it since 2023."""
    return {
        "ts": ts,
        "platform": "ios secret-phone",
        "ms_played": ms,
        "conn_country": "ES",
        "ip_addr": "203.0.113.7",
        "master_metadata_track_name": title,
        "master_metadata_album_artist_name": title and "Moby",
        "spotify_track_uri": title and f"spotify:track:{title}",
        "episode_name": None,
        "spotify_episode_uri": None,
        "offline_timestamp": 1735700000,
        "incognito_mode": False,
    } | more


ONE = streamed("2025-12-31T00:02:00Z", 180_000)
OLDER = {
    "ts": "2025-12-30T12:00:30Z",
    "username": "secret-name",
    "user_agent_decrypted": "secret-agent",
    "ip_addr_decrypted": "203.0.113.7",
    "ms_played": 1_000,
    "conn_country": "ZZ",
    "master_metadata_track_name": "Sea",
    "master_metadata_album_artist_name": "MOBY",
    "spotify_track_uri": "spotify:track:Sea",
    "offline_timestamp": 1735700000123,
    "incognito_mode": False,
}
LISTEN: dict[str, Any] = {
    "user_name": "secret-name",
    "listened_at": 1767139200,
    "track_metadata": {
        "artist_name": "Nena & Kim",
        "track_name": "99",
        "additional_info": {"duration_ms": 200_000},
        "mbid_mapping": {
            "recording_mbid": RECORDING,
            "artists": [{"artist_mbid": ARTIST, "artist_credit_name": "Nena"}],
        },
    },
}


def write(folder: Path, files: Mapping[str, Any]) -> Path:
    """Write these files: texts as they are, all else as JSON."""
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content if isinstance(content, str) else json.dumps(content))
    return folder


def zipped(folder: Path) -> Path:
    """The same files as a zip."""
    path = folder.with_suffix(".zip")
    with zipfile.ZipFile(path, "w") as archive:
        for each in folder.rglob("*.*"):
            archive.write(each, each.relative_to(folder))
    return path


def read(service: str, *paths: Path) -> Found:
    """What these files tell."""
    return importers.read(service, paths, NOW)


def played(found: Found) -> list[tuple[str, str, int]]:
    """When each play began, its track and its length."""
    return [
        (
            f"{datetime.fromtimestamp(each['ts'] / 1000, UTC):%Y-%m-%dT%H:%M:%S}",
            each["track_id"],
            each["ms_played"],
        )
        for each in found.plays()
    ]


def catalog(found: Found) -> dict[str, list[dict[str, Any]]]:
    """The snapshots by name."""
    return dict(found.catalog())


def files(folder: Path) -> dict[str, bytes]:
    """Everything below a folder."""
    return {str(each.relative_to(folder)): each.read_bytes() for each in folder.rglob("*") if each.is_file()}


# ---- Spotify


def test_a_spotify_play_began_as_long_before_its_instant_as_it_lasted(tmp_path: Path) -> None:
    """`ts` is when it ended; older and newer files, in a folder and in a zip, are read alike, and each name of an artist has one id."""
    folder = write(
        tmp_path / "my",
        {"A/Streaming_History_Audio_2025_1.json": [ONE], "A/endsong_0.json": [OLDER], "A/ReadMe.json": {}},
    )

    for found in (read("spotify", folder), read("spotify", zipped(folder))):
        assert played(found) == [
            ("2025-12-30T12:00:29", "spotify:track:Sea", 1_000),
            ("2025-12-30T23:59:00", "spotify:track:Air", 180_000),
        ]
        assert catalog(found)["artists"] == [
            {"artist_id": "spotify:artist-name:c6142cdbbd05b7f7", "name": "Moby"}
        ]
        assert [each["country"] for each in found.plays()] == [None, "ES"]
        assert not found.left


def test_overlapping_spotify_rows_are_one_play_the_longest(tmp_path: Path) -> None:
    """Also with another duration; another track at the same instant is another play."""
    again, other = ONE | {"ms_played": 90_000}, streamed(ONE["ts"], 180_000, "Rain")
    folder = write(
        tmp_path / "my",
        {"Streaming_History_Audio_1.json": [again, ONE, other], "Streaming_History_Audio_2.json": [ONE]},
    )

    found = read("spotify", folder)

    assert played(found) == [
        ("2025-12-30T23:59:00", "spotify:track:Air", 180_000),
        ("2025-12-30T23:59:00", "spotify:track:Rain", 180_000),
    ]
    assert found.left == {"the same play again": 2}


def test_what_is_left_out_is_counted_by_reason_with_its_place(tmp_path: Path) -> None:
    """Podcasts, audiobooks, videos, private sessions, rows without a track, and those that say no instant or length."""
    nameless = {"title": None}
    rows = [
        ONE,
        streamed("2025-02-01T00:00:00Z", 1, **nameless, spotify_episode_uri="spotify:episode:1"),
        streamed("2025-02-01T00:00:01Z", 1, **nameless, audiobook_chapter_uri="spotify:chapter:1"),
        streamed("2025-02-01T00:00:02Z", 1, incognito_mode=True),
        streamed("2025-02-01T00:00:03Z", 1, **nameless),
        streamed("yesterday", 1),
        streamed("2025-02-01T00:00:04Z", -1),
        streamed("2025-02-01T00:00:05Z", 10**18),
        streamed("2299-02-01T00:00:05Z", 1),
        "text",
    ]
    folder = write(
        tmp_path / "my",
        {
            "Streaming_History_Audio_1.json": rows,
            "Streaming_History_Video_1.json": [streamed("2025-02-01T00:00:00Z", 1)],
        },
    )

    found = read("spotify", folder)

    assert len(played(found)) == 1
    assert found.left == {
        "podcast": 1,
        "audiobook": 1,
        "private session": 1,
        "no track or artist named": 1,
        "malformed": 3,
        "before 1990": 1,
        "in the future": 1,
        "video": 1,
    }
    assert found.places["malformed"] == f"{folder}/Streaming_History_Audio_1.json, element 6"


@pytest.mark.parametrize("name", ["StreamingHistory0.json", "StreamingHistory_music_0.json"])
def test_the_short_account_export_is_refused_with_what_to_ask_for(tmp_path: Path, name: str) -> None:
    """Its times are whole minutes, so no play of it has a place in a year to the second."""
    row = {
        "endTime": "2025-02-01 10:00",
        "artistName": "Moby",
        "trackName": "Air",
        "msPlayed": 180_000,
    }
    with pytest.raises(NotAnExport, match="1 rows: short account export(.|\n)*extended streaming history"):
        read("spotify", zipped(write(tmp_path / "my", {name: [row], "Userdata.json": {"email": "x"}})))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('[\n{"ts": 1},\n{"ts"', r"Audio_1\.json, line 3\.\n  Its JSON is broken or ends after element 1"),
        ("{}", r"line 1\.\n  It is no JSON array"),
        ('[{"a": 1}]', r"element 1\.\n  None of its 1 rows is a play"),
        ("[]", "No play is in it. It is empty"),
        ("", "It is no JSON array"),
    ],
)
def test_a_file_that_is_no_export_is_refused_by_name_and_line(
    tmp_path: Path, content: str, said: str
) -> None:
    """With what was seen and what to do next, before anything lands."""
    with pytest.raises(NotAnExport, match=said):
        read("spotify", write(tmp_path, {"Streaming_History_Audio_1.json": content}))


def test_a_place_without_any_export_is_refused(tmp_path: Path) -> None:
    """A path that is not there, an empty folder, and a zip that is none."""
    (tmp_path / "broken.zip").write_text("no zip")
    (tmp_path / "empty").mkdir()
    for name, seen in (
        ("nowhere", "No such file"),
        ("empty", "holds none of Streaming_"),
        ("broken.zip", "no zip"),
    ):
        with pytest.raises(NotAnExport, match=seen):
            read("spotify", tmp_path / name)


def test_a_file_longer_than_a_piece_is_read_whole(tmp_path: Path) -> None:
    """Rows that lie across the edges of what is read at once are rows like any other."""
    rows = [
        streamed(f"2025-02-01T{n // 60:02}:{n % 60:02}:00Z", 1_000, "é" * (n % 97 + 1)) for n in range(1000)
    ]
    found = read("spotify", write(tmp_path, {"endsong_0.json": json.dumps(rows, ensure_ascii=False)}))

    assert len(played(found)) == 1000
    assert not found.left


# ---- Last.fm


@pytest.mark.parametrize(
    "text",
    [
        "Moby,Play,Air,31 Dec 2025 00:00\nMoby,Play,Sea,\nMoby,Play\n",
        "Moby,Play,Sea,\nMoby,Play,Air,31 Dec 2025 00:00\nMoby,Play\n",
        "artist,album,title,date\nMoby,Play,Air,1767139200\nMoby,Play,Sea,\nMoby\n",
        '\ufeff"uts","utc_time","artist","artist_mbid","album","album_mbid","track","track_mbid"\r\n'
        '"1767139200","31 Dec 2025, 00:00","Moby","","Play","","Air",""\r\n'
        '"","","Moby","","Play","","Sea",""\r\n"x","","Moby","","Play","","Sea",""\r\n',
        "Artist;Album;AlbumId;Track;Date#secret-name\nMoby;Play;;Air;1767139200000\nMoby;Play;;Sea;\nMoby;\n",
        ",Username,Artist,Track,Album,Date,Time\n0,secret-name,Moby,Air,Play,31 Dec 2025, 00:00\n"
        "1,secret-name,Moby,Sea,Play,,\n2,secret-name\n",
    ],
)
def test_each_shape_of_lastfm_csv_tells_the_same(tmp_path: Path, text: str) -> None:
    """What plays just now has no date, and a broken line is counted. A scrobble's length is not known."""
    found = read("lastfm", write(tmp_path, {"scrobbles.csv": text}) / "scrobbles.csv")

    assert played(found) == [("2025-12-31T00:00:00", "lastfm:track-name:f37a4b8ee2b7f5dc", 30_000)]
    assert found.left == {"no date (playing at the time)": 1, "malformed": 1}
    assert found.assumed == 1


def test_a_csv_of_something_else_is_refused(tmp_path: Path) -> None:
    """Neither a header that is known nor the columns of a file without one."""
    with pytest.raises(NotAnExport, match=r"line 1\.\n  It has neither a header"):
        read("lastfm", write(tmp_path, {"a.csv": "name,price\nshoe,1\n"}))


# ---- ListenBrainz


def test_listenbrainz_listens_are_read_from_lines_and_from_an_array(tmp_path: Path) -> None:
    """A MusicBrainz id names the recording by an alias, so a mapping that is found later makes no second play."""
    unmapped = LISTEN | {"track_metadata": LISTEN["track_metadata"] | {"mbid_mapping": None}}
    lines = f"{json.dumps(LISTEN)}\nbroken\n\n"
    new = read(
        "listenbrainz",
        zipped(write(tmp_path / "new", {"listens/2025/12.jsonl": lines, "feedback.jsonl": "{}"})),
    )
    old = read("listenbrainz", write(tmp_path / "old", {"me_lb-2026-01-01.json": [unmapped]}))

    assert (
        played(new)
        == played(old)
        == [("2025-12-31T00:00:00", "listenbrainz:track-name:19b43daa59ed2955", 200_000)]
    )
    assert new.left == {"malformed": 1}
    assert new.places["malformed"].endswith("listens/2025/12.jsonl, line 2")
    recording, artist = f"listenbrainz:recording:{RECORDING}", f"listenbrainz:artist:{ARTIST}"
    assert catalog(new) == {
        "artists": [{"artist_id": artist, "name": "Nena"}],
        "tracks": [
            {"track_id": id, "title": "99", "artist_id": artist, "duration_ms": 200_000}
            for id in (recording, "listenbrainz:track-name:19b43daa59ed2955")
        ],
        "track_aliases": [
            {"track_id": "listenbrainz:track-name:19b43daa59ed2955", "canonical_track_id": recording}
        ],
    }
    assert catalog(old)["track_aliases"] == []


@pytest.mark.parametrize(
    ("info", "ms"),
    [
        ({"duration": 200}, 200_000),
        ({"duration_ms": "200000", "duration_played": 45}, 45_000),
        ({"duration_ms": 0}, 30_000),
        ({"duration_ms": "long", "duration": -1}, 30_000),
        ({}, 30_000),
    ],
)
def test_a_listen_is_as_long_as_it_says_else_as_its_track(
    tmp_path: Path, info: dict[str, Any], ms: int
) -> None:
    """Else as the least that makes a stream."""
    listen = LISTEN | {"track_metadata": LISTEN["track_metadata"] | {"additional_info": info}}
    found = read("listenbrainz", write(tmp_path, {"listens/2025/1.jsonl": json.dumps(listen)}))

    assert [each[2] for each in played(found)] == [ms]


# ---- What lands


def land(found: Found, folder: Path, zone: str | None = None) -> landing.Landed:
    """Write an import into a folder."""
    return landing.write(LandingStore.open(f"file://{folder}"), found, "me", zone)


def test_the_same_export_again_adds_nothing(tmp_path: Path) -> None:
    """As a zip or as a folder; nothing that it tells of a person is kept."""
    folder = write(tmp_path / "my", {"Streaming_History_Audio_1.json": [ONE, ONE], "endsong_0.json": [OLDER]})
    first = land(read("spotify", folder), tmp_path / "landing", "Europe/Madrid")
    landed = files(tmp_path / "landing")
    again = land(read("spotify", zipped(folder)), tmp_path / "landing", "Europe/Madrid")

    assert first == (2, 4, 0)
    assert again == (2, 0, 3)
    assert files(tmp_path / "landing") == landed
    assert not [key for key, content in landed.items() if b"secret" in content or b"203.0" in content]
    (plays,) = (tmp_path / "landing" / "plays" / "dt=2025-12-30").rglob("*.parquet")
    assert [str(each["ts"]) for each in pq.read_table(plays).to_pylist()] == [
        "2025-12-30 12:00:29+00:00",
        "2025-12-30 23:59:00+00:00",
    ]


def test_another_time_zone_is_the_newest_and_none_changes_nothing(tmp_path: Path) -> None:
    """A zone can be corrected by importing the same export again, there and back."""
    found = read("spotify", write(tmp_path / "my", {"endsong_0.json": [ONE]}))
    store = tmp_path / "landing"
    for zone in ("Europe/Madrid", None, "Asia/Tokyo", "Asia/Tokyo", "Europe/Madrid"):
        land(found, store, zone)

    rows = [
        row for path in (store / "listeners").rglob("*.parquet") for row in pq.read_table(path).to_pylist()
    ]
    told = sorted((row["exported_at"], row["time_zone"]) for row in rows)
    assert [zone for _, zone in told] == ["Europe/Madrid", "Asia/Tokyo", "Europe/Madrid"]


ROWS = st.lists(
    st.builds(
        streamed,
        st.sampled_from(["2025-12-30T00:00:00Z", "2025-12-30T00:00:30Z", "2025-12-31T00:00:10Z"]),
        st.sampled_from([0, 1_000, 20_000, 30_000, 31_000]),
        st.sampled_from(["Air", "air", "Sea", None]),
        conn_country=st.sampled_from(["ES", "FR", None]),
    ),
    min_size=1,
    max_size=12,
)


@settings(deadline=None)
@given(rows=ROWS, data=st.data())
def test_neither_order_nor_files_change_what_lands(
    rows: Sequence[dict[str, Any]], data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Rows shuffled over other files land as the same objects."""
    rows = [*rows, ONE]
    tmp_path = tmp_path_factory.mktemp("import")
    shuffled, cut = data.draw(st.permutations(rows)), data.draw(st.integers(0, len(rows)))
    one = write(tmp_path / "one", {"endsong_0.json": rows})
    two = write(
        tmp_path / "two", {"endsong_0.json": shuffled[:cut], "endsong_1.json": [*shuffled[cut:], rows[0]]}
    )
    found = read("spotify", one)
    landed = land(found, tmp_path / "a")
    land(read("spotify", two), tmp_path / "b")

    assert files(tmp_path / "a") == files(tmp_path / "b")
    assert landed.plays == len({(each["ts"], each["track_id"]) for each in found.plays()})


# ---- The command


@pytest.mark.proof
@pytest.mark.duckdb("reads the warehouse file")
def test_an_export_is_in_raw_after_two_commands(tmp_path: Path) -> None:
    """Imported twice and built, each play is there once, by the zone and names of the catalog."""
    folder = write(tmp_path / "my", {"Streaming_History_Audio_1.json": [ONE, ONE, OLDER]})
    world = BuiltWorld(tmp_path / "home", tmp_path / "landing").with_settings(WRAPPED_FIRST_DAY="2025-12-28")
    command = ("listening", "import", "spotify", str(folder), "--time-zone", "Europe/Madrid")

    first, again, built = (
        world.wrapped(*command),
        world.wrapped(*command),
        world.wrapped("build", "--year", "2025"),
    )

    assert (first.returncode, again.returncode, built.returncode) == (0, 0, 0), first.stderr + built.stderr
    assert "2      imported" in first.stdout and "left out: the same play again" in first.stdout
    assert "4 new files" in first.stdout and "0 new files" in again.stdout
    with duckdb.connect(str(world.warehouse), read_only=True) as warehouse:
        rows = warehouse.execute(
            "select user_id, track_id, ts::varchar, ms_played, region from raw.plays order by ts"
        ).fetchall()
        quarantined = warehouse.execute("select count(*) from landing.quarantined_rows").fetchone()
    assert rows == [
        ("me", "spotify:track:Sea", "2025-12-30 12:00:29", 1_000, "import"),
        ("me", "spotify:track:Air", "2025-12-30 23:59:00", 180_000, "import"),
    ]
    assert quarantined == (0,)


@pytest.mark.parametrize(
    ("option", "value"), [("--time-zone", "Mars/Phobos"), ("--time-zone", "../etc"), ("--user", " ")]
)
def test_a_wrong_option_is_told_before_anything_is_read(tmp_path: Path, option: str, value: str) -> None:
    """With an example of a right one."""
    world = BuiltWorld(tmp_path / "home", tmp_path / "landing")
    done = world.wrapped("listening", "import", "spotify", str(tmp_path / "nowhere"), option, value)

    assert done.returncode == 2
    assert f"Invalid value for '{option}'" in done.stderr
    assert not (tmp_path / "landing").exists()
