"""`q`: what a SELECT over an answer may do, and what becomes of one that wants more."""

import asyncio
import os
import re
from collections.abc import AsyncIterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.api_world import answer
from wrapped_assets.serving.api.sandbox import AT_ONCE, LONGEST_Q, Sandbox
from wrapped_assets.serving.http.problems import Problem

pytestmark = [pytest.mark.anyio, pytest.mark.proof]

ANSWER = answer(
    [
        ("requests", "UInt64"),
        ("bytes", "UInt128"),
        ("day", "Date"),
        ("rate", "Nullable(Float64)"),
        ("at", "DateTime64(3)"),
        ("name", "String"),
        ("tops", "Array(Tuple(name String, bytes UInt64))"),
    ],
    [
        (
            2**64 - 1,
            2**126,
            date(2025, 1, 2),
            None,
            datetime(2025, 1, 2, 3, 4, 5, 678000),
            'it\'s "☃"',
            [{"name": "a", "bytes": 2**63 + 1}],
        ),
        (1, 5, date(2025, 1, 3), 0.5, datetime(2025, 1, 3), "", []),
    ],
)


@pytest.fixture
def anyio_backend() -> str:
    """The loop that the server uses."""
    return "asyncio"


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    """A sandbox in which a second is long, and a turn comes however slow the machine is."""
    made = Sandbox(seconds=1.0, wait_seconds=60)
    yield made
    await made.close()


async def refusal(sandbox: Sandbox, q: str) -> tuple[int, str]:
    """Status and sentence of a refused q."""
    with pytest.raises(Problem) as refused:
        await sandbox.select(ANSWER, q)
    return refused.value.status, str(refused.value)


async def test_values_pass_through_unchanged(sandbox: Sandbox) -> None:
    """Wide integers, dates, nulls, lists of named parts and any text."""
    selected = await sandbox.select(ANSWER, "select * from _ order by day")

    assert [name for name, _ in selected.columns] == [name for name, _ in ANSWER.columns]
    assert (
        dict(selected.columns)["bytes"] == "Int128" and dict(selected.columns)["rate"] == "Nullable(Float64)"
    )
    first = dict(zip(dict(selected.columns), selected.rows[0], strict=True))
    assert (first["requests"], first["bytes"], first["rate"]) == (2**64 - 1, 2**126, None)
    assert (first["day"], first["name"]) == ("2025-01-02", 'it\'s "☃"')
    assert first["at"].startswith("2025-01-02 03:04:05.678")
    assert first["tops"] == [{"name": "a", "bytes": 2**63 + 1}]
    assert (selected.rows_read, selected.bytes_read) == (ANSWER.rows_read, ANSWER.bytes_read)


ORDINARY: list[tuple[str, list[Any]]] = [
    ("select sum(requests) as total, count() as days from _", [(2**64, 2)]),
    # To the last digit, far beyond what a float holds.
    ("select sum(bytes) as total from _", [(2**126 + 5,)]),
    ("with big as (select * from _ where requests > 1) select day from big", [("2025-01-02",)]),
    ("from _ select day limit 1 offset 1", [("2025-01-03",)]),
    ("select a.requests from _ a join _ b using (day) where a.requests = 1", [(1,)]),
    ("select t.name from (select unnest(tops) as t from _)", [("a",)]),
    ("select max(requests) over (order by day) as m from _ qualify m = 1", []),
    (
        "with recursive n as (select 1 as i union all select i + 1 from n where i < 3) select sum(i) from n",
        [(6,)],
    ),
    ("select requests from _ union all select 7 order by 1 limit 2", [(1,), (7,)]),
    ("select list_sum(list_transform([1, 2], lambda x: x * 2))", [(6,)]),
    ("select case when rate is null then 'none' else 'some' end from _ order by day", [("none",), ("some",)]),
    ("select strftime(day, '%m') from _ limit 1", [("01",)]),
]


async def test_ordinary_sql_works(sandbox: Sandbox) -> None:
    """What people write."""
    for q, rows in ORDINARY:
        assert (await sandbox.select(ANSWER, q)).rows == rows, q


REFUSED = [
    "",
    ";",
    "select 1; select 2",
    "drop table _",
    "insert into _ select * from _",
    "with x as (insert into _ select * from _ returning *) select * from x",
    "update _ set requests = 1",
    "create table x as select 1",
    "copy _ to '/tmp/x'",
    "copy (select 1) to '/tmp/x'",
    "attach '/tmp/x.duckdb' as x",
    "install httpfs",
    "load httpfs",
    "set threads = 64",
    "reset memory_limit",
    "pragma database_list",
    "call pragma_version()",
    "explain select 1",
    "describe _",
    "summarize _",
    "show tables",
    "export database '/tmp/x'",
    "checkpoint",
    "begin",
    "prepare p as select 1",
    "execute p",
    "select * from '/etc/passwd'",
    "select * from read_csv('/etc/passwd')",
    "select * from read_text('/etc/passwd')",
    "select * from glob('/*')",
    "select * from parquet_scan('/x')",
    "select * from duckdb_settings()",
    "select * from duckdb_secrets()",
    "select * from information_schema.tables",
    "select * from pg_catalog.pg_class",
    "select * from sqlite_master",
    "select * from memory.main._",
    "select * from query('select 1')",
    "select * from query_table('_')",
    "select (select content from read_text('/etc/passwd'))",
    "select * from _ where exists (select 1 from duckdb_settings())",
    "select current_setting('temp_directory')",
    "select getenv('HOME')",
    "select getvariable('x')",
    "select nextval('x')",
    "select version()",
    "select write_log('x')",
    "select json_serialize_sql('select 1')",
    "select sleep_ms(100)",
    "select $1",
    "select ?",
    "select nothing from _",
    "select 'x",
    "select error('x')",
    "select load_aws_credentials()",
    "pivot _ on day",
    # A name that is given in one scope does not open the engine's view of that name in another.
    "select (with pg_settings as (select 1 as a) select max(a) from pg_settings) as x, name, setting from pg_settings",
    "with Duckdb_Tables as (select 1) select * from duckdb_tables",
    # Two columns of one name would be one in JSON.
    "select requests, requests from _",
    "select a.day, b.day from _ a, _ b",
]


async def test_everything_else_is_refused(sandbox: Sandbox) -> None:
    """With 400, and no word about the machine."""
    for q in REFUSED:
        status, sentence = await refusal(sandbox, q)
        assert status == 400, q
        assert sentence.startswith("q "), q
        assert not re.search(r"/root|/work|/home|Traceback|site-packages", sentence), q


@pytest.mark.parametrize(
    ("q", "statuses"),
    [
        # At once, by one list or text that is too large.
        ("select len(range(50000000))", {400}),
        ("select length(repeat('x', 300000000))", {400}),
        ("select s || s from (select s || s as s from (select repeat('x', 60000000) as s))", {400}),
        # Piece by piece: whichever limit is met first.
        ("select repeat('x', 3000000) from range(1000)", {400, 408}),
        ("select list(a.range) from range(100000) a, range(1000) b", {400, 408}),
    ],
)
async def test_memory_is_limited(q: str, statuses: set[int]) -> None:
    """A q that wants gigabytes is refused, and this process grows by nothing."""
    # Time enough for a machine that is busy: what is tested is the other limit.
    sandbox = Sandbox(seconds=8.0)
    before = psutil.Process().memory_info().rss
    status, _ = await refusal(sandbox, q)
    await sandbox.close()

    assert status in statuses
    assert psutil.Process().memory_info().rss - before < 50_000_000


async def test_time_is_limited(sandbox: Sandbox) -> None:
    """408 after a second; the next q is answered."""
    status, sentence = await refusal(sandbox, "select count(*) from range(1000000) a, range(1000000) b")

    assert (status, sentence) == (408, "q took longer than 1 seconds")
    assert (await sandbox.select(ANSWER, "select 1")).rows == [(1,)]


async def test_what_cannot_be_interrupted_is_killed(sandbox: Sandbox) -> None:
    """A process that does not answer in time is ended with its memory, and another one takes its place."""
    await sandbox.select(ANSWER, "select 1")
    (process,) = sandbox._idle
    os.kill(process.pid, 19)  # SIGSTOP: it does not even notice that its time is over
    status, _ = await refusal(sandbox, "select 1")

    assert status == 408 and process.returncode is not None
    assert (await sandbox.select(ANSWER, "select 1")).rows == [(1,)]


async def test_rows_are_limited(sandbox: Sandbox) -> None:
    """10,000, whatever the answer held."""
    assert (await refusal(sandbox, "select unnest(range(10001))"))[0] == 400
    assert len((await sandbox.select(ANSWER, "select unnest(range(10000))")).rows) == 10_000


async def test_its_length_is_limited(sandbox: Sandbox) -> None:
    """As is how deep it nests."""
    assert (await refusal(sandbox, "select 1 --" + "x" * LONGEST_Q))[0] == 400
    assert (await refusal(sandbox, "select " + "(" * 4000 + "1" + ")" * 4000))[0] == 400


async def test_one_q_leaves_nothing_for_the_next(sandbox: Sandbox) -> None:
    """Two customers' questions may meet in one process: each finds its own answer alone."""
    mine = answer([("secret", "String")], [("mine",)])
    await sandbox.select(mine, "select * from _")

    assert (await refusal(sandbox, "select secret from _"))[0] == 400


async def test_many_at_once_wait_for_their_turn(sandbox: Sandbox) -> None:
    """Twenty questions make no more than two processes."""
    answers = await asyncio.gather(*(sandbox.select(ANSWER, f"select {number}") for number in range(20)))

    assert [answer.rows for answer in answers] == [[(number,)] for number in range(20)]
    assert len(sandbox._idle) <= 2


async def test_who_gets_no_turn_is_told_to_come_again(sandbox: Sandbox) -> None:
    """Whoever was there before, and however long they take: a queue has an end."""
    for _ in range(AT_ONCE):
        await sandbox._places.acquire()
    waiting = Sandbox(wait_seconds=0.01, _places=sandbox._places)
    with pytest.raises(Problem) as told:
        await waiting.select(ANSWER, "select 1")
    assert (told.value.status, told.value.headers) == (503, {"Retry-After": "2"})

    for _ in range(AT_ONCE):
        sandbox._places.release()
    assert (await sandbox.select(ANSWER, "select 1")).rows == [(1,)]


async def test_the_process_knows_no_secret(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its environment is not ours, and it holds none of our files open."""
    monkeypatch.setenv("WRAPPED_SECRET", "a secret of at least 32 bytes, ok!!")
    await sandbox.select(ANSWER, "select 1")
    (process,) = sandbox._idle
    variables = Path(f"/proc/{process.pid}/environ").read_bytes()
    files = {os.readlink(each) for each in Path(f"/proc/{process.pid}/fd").iterdir()}

    assert b"WRAPPED" not in variables and b"secret" not in variables
    assert not [name for name in files if name.startswith("/") and not name.startswith("/dev/")]
