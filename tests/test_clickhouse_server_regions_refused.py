"""An export from a ClickHouse that breaks off or is refused: nothing half lands, and the error names what to mend."""

import threading
import traceback
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests import regional, wire
from tests.clickhouse_server import READERS, USER, Server
from tests.line import line
from tests.ports import free_port
from tests.regional import clickhouse, holds_no_secret, land, landed
from wrapped_assets.landing import layout
from wrapped_assets.regions.database import RegionalDatabase
from wrapped_assets.resources.errors import RegionRefused, RegionUnavailable, RegionUnreachable

pytestmark = pytest.mark.clickhouse_server

DAY = datetime(2025, 1, 1, tzinfo=UTC)
# Some 20 MB of Parquet.
ROWS = 400_000
IN_THE_MIDDLE = 3_000_000


def told(error: BaseException, *words: str) -> None:
    """These words are in what is told, and the password is in none of it."""
    for word in ("WRAPPED_REGIONS", "region eu", *words):
        assert word in str(error), str(error)
    assert holds_no_secret("".join(traceback.format_exception(error)) + repr(error))


def many_rows(server: Server, columns: str | None = None) -> None:
    """A day that is a long stream."""
    regional.make(server, "pipe_stats", columns)
    server.ask(regional.MANY.format(day="2025-01-01", rows=ROWS))


def test_a_server_killed_in_mid_stream_leaves_nothing_in_landing(server: Server, tmp_path: Path) -> None:
    """Not even under a name that nobody reads; once the server is back, the same export lands whole."""
    many_rows(server)
    killed = threading.Event()

    def kill(count: int) -> None:
        if count > IN_THE_MIDDLE and not killed.is_set():
            killed.set()
            server.kill()

    with line(server.port, watch=kill) as port:
        database = clickhouse(server.region(port=port))
        with pytest.raises(RegionUnreachable, match="stopped answering in the middle of an export") as lost:
            land(tmp_path / "landing", database, DAY)
        assert killed.is_set() and landed(tmp_path / "landing") == []
        told(lost.value)

        server.start()
        assert list(land(tmp_path / "landing", database, DAY).values()) == [ROWS]
    (file,) = landed(tmp_path / "landing")
    assert layout.parse(str(file.relative_to(tmp_path / "landing"))) is not None
    assert len(regional.rows([file])) == ROWS


def test_a_statement_that_fails_in_mid_stream_leaves_nothing_in_landing(
    server: Server, tmp_path: Path
) -> None:
    """The server has said 200 by then; its words at the end of the stream are told."""
    # Computed when it is read, and fails at one of the last rows.
    fails_late = "alias throwIf(organization_id = 'org-999' and start_datetime > toDateTime64('2025-01-01 01:06:30', 3, 'UTC'))"
    many_rows(
        server, regional.COLUMNS["pipe_stats"].replace("cpu_time Float64", f"cpu_time UInt8 {fails_late}")
    )
    came: list[int] = []
    with line(server.port, watch=came.append) as port:
        database = clickhouse(server.region(port=port), WRAPPED_THREADS="1")
        with pytest.raises(RegionUnavailable, match="failed.*\n.*throwIf.*\n.*the server's log") as failed:
            land(tmp_path / "landing", database, DAY)
    assert max(came) > IN_THE_MIDDLE
    assert landed(tmp_path / "landing") == []
    told(failed.value)


def test_an_answer_that_ends_early_and_quietly_is_no_answer(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As from a proxy that gives what it has and calls it all."""
    whole = wire._Handler._answer

    def half(handler: wire._Handler, status: int, headers: list[tuple[str, str]], content: bytes) -> None:
        is_file = content.startswith(b"PAR1")
        whole(handler, status, headers, content[: len(content) // 2] if is_file else content)

    monkeypatch.setattr(wire._Handler, "_answer", half)
    many_rows(server)
    with wire.wired(server) as between:
        database = clickhouse(server.region(port=between.port))
        with pytest.raises(RegionUnreachable, match="stopped answering in the middle of an export") as lost:
            land(tmp_path / "landing", database, DAY)
    assert landed(tmp_path / "landing") == []
    told(lost.value)


def refused(database: RegionalDatabase, tmp_path: Path, *words: str) -> None:
    """Nothing can be exported, in these words; nothing landed."""
    with pytest.raises(RegionRefused) as error:
        land(tmp_path / "landing", database, DAY)
    told(error.value, *words)
    assert landed(tmp_path / "landing") == []


def test_a_wrong_password_is_refused(server: Server, tmp_path: Path) -> None:
    """With the setting to look at, and the region in it."""
    wrong = clickhouse(server.region(password="s:cr/et-but-wrong"))
    refused(wrong, tmp_path, "check the user and the password of eu", "Authentication failed")


def test_a_server_that_is_down_is_told(server: Server, tmp_path: Path) -> None:
    """Nobody listens there."""
    with pytest.raises(RegionUnreachable, match="could not be reached") as error:
        land(tmp_path / "landing", clickhouse(server.region(port=free_port())), DAY)
    told(error.value, "Connection refused", "the host and the port of eu")


@pytest.mark.parametrize(
    ("columns", "word"),
    [
        pytest.param(None, "pipe_stats", id="no table"),
        pytest.param("start_datetime DateTime, organization_id String", "workspace_id", id="no column"),
    ],
)
def test_a_database_without_the_tables_is_told_what_is_missing(
    server: Server, tmp_path: Path, columns: str | None, word: str
) -> None:
    """In the server's words, with the page that lists the columns."""
    server.ask("create database if not exists logs")
    if columns:
        regional.make(server, "pipe_stats", columns)
    refused(clickhouse(server.region()), tmp_path, word, "docs/landing-contract.md")


def test_a_database_that_is_not_there_is_told(server: Server, tmp_path: Path) -> None:
    """A slip in the DSN."""
    refused(clickhouse(server.region("logs_of_nobody")), tmp_path, "logs_of_nobody", "the database of eu")


def test_a_user_who_may_not_read_is_told_what_to_grant(server: Server, tmp_path: Path) -> None:
    """The warehouse's own user, say."""
    regional.make(server, "pipe_stats")
    refused(clickhouse(server.region(user=USER)), tmp_path, "grant SELECT", "grant the user of eu")


@pytest.mark.parametrize(
    "statement",
    [
        "insert into {database}.workspaces values ('w', 'o', null)",
        "create table {database}.more (a Int8) engine MergeTree order by a",
        "drop table {database}.workspaces",
    ],
)
@pytest.mark.parametrize(
    ("user", "database"),
    [*((name, "logs") for name in READERS), pytest.param(USER, "wrapped", id="who may write")],
)
def test_nothing_can_be_written_through_a_regional_database(
    server: Server, user: str, database: str, statement: str
) -> None:
    """Whoever tries is refused with the setting to mend; also as a user who may write."""
    regional.make(server, "workspaces", database=database)
    opened = clickhouse(server.region(database, user=user))
    with pytest.raises(RegionRefused) as error, opened.connection() as client:
        client.command(statement.format(database=database))
    told(error.value, "grant the user of eu", "read and never written")
    assert server.ask(f"select count() from {database}.workspaces") == "0\n"


def test_a_profile_that_fixes_a_setting_is_left_as_it_is(server: Server) -> None:
    """The limits are ours where the user may change them, else those of its profile."""
    server.ask("create database if not exists logs")
    asked = "select concat(toString(getSetting('max_memory_usage')), ' ', toString(getSetting('readonly')))"
    limits = {}
    for name in READERS:
        with clickhouse(server.region(user=name), WRAPPED_MEMORY_LIMIT="300MB").connection() as client:
            limits[name] = client.command(asked)
    assert limits == {
        "reader": "300000000 2",
        "careful_reader": "0 1",
        "unlimited_reader": "300000000 1",
    }
