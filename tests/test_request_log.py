"""The API's own requests as landing files: Wrapped wraps itself."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pyarrow.parquet as pq
import pytest

from tests.api_world import BY_DAY, customer, world
from tests.pipeline import Pipeline
from wrapped_assets.landing.store import LandingStore
from wrapped_assets.product import Request
from wrapped_assets.products.usage.own_requests import NAME
from wrapped_assets.serving.request_log import RequestLog

AT = datetime(2025, 3, 1, 23, 59, 59, 500000, UTC)


def row(number: int, at: datetime = AT, status: int = 200) -> Request:
    """A request."""
    return Request(at, "ana", "some_pipe", f"{number:024x}", status, 0.0123, 400, 10, 3, 0.001, "GET")


def files(folder: Path) -> list[str]:
    """Everything that landed."""
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*.parquet"))


@pytest.fixture
def landing(tmp_path: Path) -> Path:
    """A landing folder."""
    return tmp_path / "landing"


@pytest.fixture
def log(landing: Path) -> RequestLog:
    """A log into it that writes when told."""
    return RequestLog(LandingStore.open(landing.as_uri()), clock=lambda: AT + timedelta(minutes=2))


def test_rows_land_where_they_belong(log: RequestLog, landing: Path) -> None:
    """A file for each day, and the organization's name once."""
    log.add(row(1))
    log.add(row(2, AT + timedelta(seconds=1)))
    assert log.write() == 2
    log.add(row(3))
    assert log.write() == 1

    folders = [Path(each).parent.as_posix() for each in files(landing)]
    assert folders == [
        f"organizations/region={NAME}",
        f"pipe_stats/dt=2025-03-01/region={NAME}",
        f"pipe_stats/dt=2025-03-01/region={NAME}",
        f"pipe_stats/dt=2025-03-02/region={NAME}",
    ]


def test_nothing_asked_is_nothing_written(log: RequestLog, landing: Path) -> None:
    """An idle API leaves no empty files."""
    assert (log.write(), files(landing)) == (0, [])


def test_it_is_bounded_and_counts_what_it_lets_go(landing: Path) -> None:
    """Ten rows are kept; what is too much is told once."""
    lost: list[int] = []
    log = RequestLog(LandingStore.open(landing.as_uri()), lost.append, most_rows=10)
    for number in range(25):
        log.add(row(number))
    log.write()
    log.write()

    assert sum(lost) == 15
    (path,) = [landing / each for each in files(landing) if each.startswith("pipe_stats")]
    assert pq.read_metadata(path).num_rows == 10


def test_what_cannot_be_written_waits(log: RequestLog, landing: Path) -> None:
    """A store that is away costs nothing but time."""
    landing.write_text("no folder")
    log.add(row(1))
    assert log.write() == 0
    landing.unlink()

    assert log.write() == 1


async def _ask(folder: Path, log: RequestLog) -> None:
    with world(folder, more=[log], now=lambda: AT) as made:
        transport = httpx.ASGITransport(made.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://api.test") as client:
            token = made.token(name="ana")
            for number in range(1, 6):
                await client.get(
                    f"/v0/pipes/{BY_DAY}.json?wrapped_id={customer(number)}&limit=2&token={token}"
                )
            await client.get(f"/v0/pipes/{BY_DAY}.json?token={token}")
            await client.get(f"/v0/pipes/{BY_DAY}.json")
            await client.get("/metrics")
            await client.get("/healthz")


def test_the_real_graph_imports_what_the_api_wrote(tmp_path: Path) -> None:
    """Every request of a day is in the document of `wrapped_api`: requests, errors, endpoints, and nothing is set aside."""
    pipeline = Pipeline(tmp_path)
    log = RequestLog(LandingStore.open(pipeline.landing.as_uri()), clock=lambda: AT + timedelta(minutes=2))
    (tmp_path / "api").mkdir()
    asyncio.run(_ask(tmp_path / "api", log))
    log.write()
    with pipeline.open() as run:
        run.follow()
        (document,) = run.documents(AT.year).values()
        tables = run.tables()

    told = json.loads(document)
    assert told["requests"]["total"] == 7 and told["requests"]["errors"] == 2
    assert told["top_pipes"][0]["name"] == BY_DAY
    assert told["regions"] == [{"region": NAME, "requests": 7}]
    assert told["requests"]["result_rows"] == 10 and told["requests"]["rows_read"] == 50
    assert not tables["landing.quarantined_rows"]
    assert not [each for each in tables["landing.files"] if each[5] == "quarantined"]
