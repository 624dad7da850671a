"""What the example on real requests promises: the pipeline's numbers are those of the log, however they arrive.

The example runs as the command it is. What it must find is counted here from the log in plain Python.
"""

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from examples.nasa_http import source
from examples.nasa_http.__main__ import WarehouseInUse
from examples.nasa_http.comparison import COUNTED, PUBLISHED
from examples.nasa_http.windows import windows
from wrapped_assets.periods import Span
from wrapped_assets.resources.duckdb import DuckDBWarehouse

ROOT = Path(__file__).parent.parent
DATA = ROOT.parent / "shared" / "data" / "nasa_http"
LOG = DATA / "requests_2017.parquet"

needs_log = pytest.mark.skipif(not LOG.exists(), reason=f"the log is not there: {LOG}")


@dataclass(frozen=True)
class Ran:
    """How the command ended."""

    code: int
    out: str
    errors: str
    numbers: dict[str, Any]

    @property
    def computed(self) -> dict[str, tuple[Any, ...]]:
        """What the pipeline's tables say, by label."""
        lines = self.numbers["comparison"]
        return {line["what"]: tuple(line["computed"]) for line in lines if line["computed"] is not None}


def run(log: Path, folder: Path, *options: str, **variables: str) -> Ran:
    """Run the example on a log as a user does."""
    numbers = folder / "numbers.json"
    done = subprocess.run(
        [sys.executable, "-m", "examples.nasa_http", str(log), "--json", str(numbers), *options],
        cwd=ROOT,
        env=os.environ | {"TMPDIR": str(folder)} | variables,
        capture_output=True,
        text=True,
        timeout=1800,
        check=False,
    )
    found = json.loads(numbers.read_text()) if numbers.exists() else {}
    return Ran(done.returncode, done.stdout, done.stderr, found)


def count(lines: list[dict[str, Any]]) -> dict[str, tuple[Any, ...]]:
    """What the example should compute from these lines of the log, injected ones included."""
    lines = [line for line in lines if not line["is_injected"]]
    sent = {"organization": Counter[str](), "workspace": Counter[str](), "month": Counter[str]()}
    seen = {"organization": Counter[str](), "workspace": Counter[str](), "month": Counter[str]()}
    for line in lines:
        labels = {
            "organization": line["host"],
            "workspace": segment(line["url"]),
            "month": f"{line['ts_local']:%Y-%m}",
        }
        for kind, label in labels.items():
            seen[kind][label] += 1
            sent[kind][label] += line["bytes"] or 0
    statuses = Counter(line["status"] for line in lines)
    days = Counter(str(line["ts_local"].date()) for line in lines)
    urls = Counter(line["url"] for line in lines)
    missing = Counter(line["url"] for line in lines if line["status"] == 404)
    expected: dict[str, tuple[Any, ...]] = {
        "requests": (len(lines),),
        "bytes": (sum(sent["month"].values()),),
        "errors": (sum(number for status, number in statuses.items() if status >= 400),),
        "hosts": (len(seen["organization"]),),
        "urls": (len(urls),),
        "days": (len(days),),
        "busiest day": top(days)[0],
        "first request": (str(min(line["ts_local"] for line in lines)),),
        "last request": (str(max(line["ts_local"] for line in lines)),),
    }
    expected |= {
        f"requests in {layer}": (len(lines),) for layer in ("raw", "hourly", "daily", "weekly", "monthly")
    }
    expected |= {f"status {status}": (number,) for status, number in statuses.items()}
    expected |= {month: (number, sent["month"][month]) for month, number in seen["month"].items()}
    for kind in ("organization", "workspace"):
        ranking = enumerate(top(seen[kind]), start=1)
        expected |= {f"{kind} {n}": (label, number, sent[kind][label]) for n, (label, number) in ranking}
    expected |= {f"url {n}": place for n, place in enumerate(top(urls), start=1)}
    return expected | {f"not found {n}": place for n, place in enumerate(top(missing), start=1)}


def top(counts: Counter[str], most: int = 3) -> list[tuple[str, int]]:
    """The labels counted most; the first by alphabet where they tie."""
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:most]


def segment(url: str) -> str:
    """The first segment of a URL's path."""
    return "/" + url.split("?")[0].split("/")[1] if url.startswith("/") else "(no path)"


def lines_between(first: date, last: date) -> pa.Table:
    """The log's lines of some days of its own clock, the last day included."""
    log = pq.read_table(LOG)
    days = log["file_date"]
    return log.filter(pc.and_(pc.greater_equal(days, first), pc.less_equal(days, last)))


@pytest.fixture(scope="module")
def part() -> pa.Table:
    """Eleven days around the end of February, whose last evening is March in UTC."""
    return lines_between(date(2017, 2, 22), date(2017, 3, 4))


ENGINES = ["duckdb", pytest.param("chdb", marks=pytest.mark.clickhouse)]


def warehouse(engine: str, folder: Path) -> dict[str, str]:
    """The setting that names a new warehouse in this folder; none for the one of the example's own."""
    return {} if engine == "duckdb" else {"WRAPPED_WAREHOUSE_URL": f"chdb://{folder}/warehouse.chdb"}


@pytest.fixture(scope="module", params=ENGINES)
def ran(
    request: pytest.FixtureRequest, part: pa.Table, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Ran]:
    folder = tmp_path_factory.mktemp("nasa_http")
    log = folder / "part.parquet"
    twice = pa.concat_tables([part, part.slice(1000, 14)])
    pq.write_table(twice, log)
    elsewhere = folder / "elsewhere"
    ignored = {
        "WRAPPED_HOME": str(elsewhere),
        "DAGSTER_HOME": str(elsewhere),
        "WRAPPED_FROZEN_EDITIONS": "2017",
    }
    asked_for = warehouse(request.param, folder)
    yield run(log, folder, **ignored, **asked_for)
    left = {"part.parquet", "numbers.json", *(["warehouse.chdb"] if asked_for else [])}
    assert {path.name for path in folder.iterdir()} <= left, "nothing else is left behind"


@needs_log
def test_the_tables_say_what_the_log_says(ran: Ran, part: pa.Table) -> None:
    """Every number computed from the tables is the one counted from the log, equal lines counted each."""
    twice = pa.concat_tables([part, part.slice(1000, 14)])

    assert ran.computed == count(twice.to_pylist()), ran.errors


@needs_log
def test_overlap_late_and_repeated_files_change_nothing(ran: Ran) -> None:
    """What the regions sent is what the ledger holds; the late day was missing before it came and is there now."""
    books = ran.numbers["books"]

    assert [sent for _, sent, _ in books] == [found for _, _, found in books]
    assert ran.numbers["failed_checks"] == []
    assert books[2][1] > books[3][1], "a day was held back"


@needs_log
def test_a_log_with_other_numbers_exits_with_1(ran: Ran) -> None:
    """A part of the log does not have the published numbers, and the command says so."""
    assert ran.code == 1, ran.errors
    assert "DIFFERS" in ran.out
    assert "Not every line agrees" in ran.out


@needs_log
def test_a_warehouse_that_exists_is_left_alone(part: pa.Table, tmp_path: Path) -> None:
    """Nothing is written to it."""
    pq.write_table(part.slice(0, 10), tmp_path / "log.parquet")
    with DuckDBWarehouse(tmp_path / "mine.duckdb").writing() as writer:
        writer.con.execute("create table mine as select 1 as kept")

    done = run(tmp_path / "log.parquet", tmp_path, WRAPPED_WAREHOUSE_URL=f"duckdb://{tmp_path}/mine.duckdb")

    assert done.code == 2
    assert "There is a warehouse already" in done.errors
    with DuckDBWarehouse(tmp_path / "mine.duckdb").reading() as reader:
        assert reader.row_counts("raw", "pipe_stats", Span.year(2017)) == {}


def test_a_warehouse_that_exists_is_named_without_its_password() -> None:
    """Nor who reads it."""
    told = str(WarehouseInUse("clickhouse://me:secret@host:8123/wrapped"))
    assert "clickhouse://host:8123/wrapped" in told
    assert "me:" not in told and "secret" not in told


@needs_log
@pytest.mark.slow
@pytest.mark.parametrize("engine", ENGINES)
def test_the_whole_log_agrees_with_everything_published(tmp_path: Path, engine: str) -> None:
    """1,891,714 requests, 38,695,973,491 bytes: every line of the table is equal."""
    done = run(LOG, tmp_path, **warehouse(engine, tmp_path))

    assert done.code == 0, done.out + done.errors
    assert done.computed == {**PUBLISHED, **COUNTED}
    assert "DIFFERS" not in done.out


@needs_log
def test_known_numbers_are_those_of_the_data_set(request: pytest.FixtureRequest) -> None:
    """Each known number stands in the README.txt that came with the file."""
    text = (DATA / "README.txt").read_text().replace(",", "")
    numbers = {part for value in PUBLISHED.values() for part in value}
    numbers |= {part for value in COUNTED.values() for part in value if isinstance(part, int)}

    # Errors are the sum of the statuses from 400 on.
    assert {number for number in numbers if str(number) not in text} == {10_980}


@pytest.mark.parametrize("days", [1, 2, 3, 4, 5, 29, 362])
def test_every_instant_lies_in_three_windows(days: int) -> None:
    """Threefold overlap, for long and for short logs, to the minute."""
    span = Span(date(2017, 1, 1), date(2017, 1, 1) + timedelta(days=days))
    start, minutes = datetime(2017, 1, 1, tzinfo=UTC), range(0, days * 1440, 5)
    plan = windows(span)

    for instant in (start + timedelta(minutes=minute) for minute in minutes):
        assert sum(since <= instant < until for since, until in plan) == 3
    assert all(since < until for since, until in plan)


def test_a_missing_log_exits_with_2_and_says_what_to_do(tmp_path: Path) -> None:
    """No traceback: what failed, what was seen, what to do next."""
    done = run(tmp_path / "no.parquet", tmp_path)

    failed, seen, then = done.errors.strip().splitlines()
    assert done.code == 2
    assert str(tmp_path / "no.parquet") in failed
    assert seen == "  There is no such file."
    assert then.startswith("  Next: ")
    assert "cannot run without it" in then and "https://github.com/greymd/sample_apache_log" in then


def test_a_home_that_holds_something_is_left_alone(tmp_path: Path) -> None:
    """The example only ever writes to a folder of its own."""
    home = tmp_path / "home"
    home.mkdir()
    (home / "warehouse.duckdb").write_bytes(b"precious")

    done = run(LOG, tmp_path, "--home", str(home))

    assert done.code == 2
    assert "not an empty folder" in done.errors
    assert [path.name for path in home.iterdir()] == ["warehouse.duckdb"]


def a_log(**changes: object) -> pa.Table:
    """A log of one line."""
    line = {
        "host": "a.example",
        "ts_local": datetime(2017, 5, 1, 12),
        "method": "GET",
        "url": "/",
        "status": 200,
        "bytes": 10,
        "is_injected": False,
    }
    return pa.Table.from_pylist([line | changes])


@pytest.mark.parametrize(
    ("log", "seen"),
    [
        pytest.param(b"not a Parquet file", "DuckDB said: ", id="not Parquet"),
        pytest.param(
            a_log().drop_columns(["url", "status"]), "It lacks the columns status, url.", id="columns"
        ),
        pytest.param(a_log(is_injected=True), "Of its 0 lines", id="no lines"),
        pytest.param(a_log(host=None), "1 are incomplete", id="no host"),
        pytest.param(a_log(ts_local=datetime(2017, 12, 31, 20)), "1 not of 2017", id="2018 in UTC"),
    ],
)
def test_another_file_is_refused(log: pa.Table | bytes, seen: str, tmp_path: Path) -> None:
    """Nothing is written for a file that is not such a log."""
    file = tmp_path / "log.parquet"
    if isinstance(log, bytes):
        file.write_bytes(log)
    else:
        pq.write_table(log, file)

    with pytest.raises(source.NotTheLog, match=seen):
        source.write(file, tmp_path / "regions", lambda label, done, total: None)

    assert not (tmp_path / "regions").exists()
