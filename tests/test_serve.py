"""`wrapped serve` as people run it: two workers over a world that was built, published and promoted by the command line."""

import hashlib
import json
import re
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import httpx
import psutil
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings

from tests.built_world import WRAPPED, YEAR, BuiltWorld
from tests.landing_files import LandingFile, request, write
from tests.ports import free_port
from wrapped_assets.resources.open import open_warehouse
from wrapped_assets.serving.api import mcp_tools, sandbox
from wrapped_assets.serving.api.endpoints import load_endpoints
from wrapped_assets.serving.api.openapi import document
from wrapped_assets.settings import Settings

pytestmark = pytest.mark.proof

SUMMARY = "/v0/pipes/wrapped_pipe_stats_summary.json"
JSON = {"Accept": "application/json"}


@dataclass
class Served:
    """The world, the server's process, and where it listens."""

    world: BuiltWorld
    process: "subprocess.Popen[bytes]"
    url: str
    wrapped_id: str
    page: str
    token: str
    log: Path

    def get(self, path: str, **request: Any) -> httpx.Response:
        """An answer, over a connection of its own: any worker may give it."""
        return httpx.get(self.url + path, timeout=30, **request)

    def until(self, wanted: Callable[[], bool], seconds: float) -> float:
        """Ask until it is so; the seconds it took."""
        started = time.monotonic()
        while time.monotonic() < started + seconds:
            if wanted():
                return time.monotonic() - started
        raise AssertionError(f"not so after {seconds} seconds")

    def is_ready(self) -> bool:
        """Whether a worker can answer."""
        try:
            return self.get("/readyz").status_code == 200
        except httpx.TransportError:
            return False


def start(world: BuiltWorld, log: Path, *arguments: str) -> "tuple[subprocess.Popen[bytes], str]":
    """A server on a free port."""
    port = free_port()
    command = [str(WRAPPED), "serve", "--port", str(port), *arguments]
    with log.open("wb") as stream:
        process = subprocess.Popen(command, env=world.environment, stdout=stream, stderr=stream)
    return process, f"http://127.0.0.1:{port}"


@pytest.fixture(scope="module")
def served(built_world: BuiltWorld, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Version 1 promoted, and served."""
    folder = tmp_path_factory.mktemp("serve")
    twin = built_world.twin(folder / "home")
    for arguments in (("publish", "--year", str(YEAR)), ("promote", "--year", str(YEAR))):
        done = twin.wrapped(*arguments)
        assert done.returncode == 0, done.stdout + done.stderr
    top = twin.wrapped("token", "issue", "--admin", "--name", "ops", "--static")
    token = top.stdout.strip()
    wrapped_id = _somebody(twin)
    linked = twin.wrapped("token", "issue", "--wrapped-id", wrapped_id, "--year", str(YEAR))
    page = re.search(r"/wrapped/[^\s,]+", linked.stderr + linked.stdout)
    assert page, linked.stderr
    process, url = start(twin, folder / "log")
    found = Served(twin, process, url, wrapped_id, page[0], token, folder / "log")
    try:
        found.until(found.is_ready, 30)
        yield found
    finally:
        process.terminate()
        process.wait(30)


def _somebody(world: BuiltWorld) -> str:
    """The customer with most requests, by the warehouse itself."""
    with open_warehouse(Settings.load(world.environment)).reading() as reader:
        facts = max(reader.facts(YEAR), key=lambda each: each["requests"])
    return str(facts["wrapped_id"])


def summary(served: Served) -> dict[str, Any]:
    """The flat summary of that customer."""
    answer = served.get(SUMMARY, params={"token": served.token, "wrapped_id": served.wrapped_id})
    assert answer.status_code == 200, answer.text
    return dict(answer.json()["data"][0])


def test_a_page_is_the_document_that_was_published(served: Served) -> None:
    """Byte for byte what `wrapped summary` prints but for whose it is, under its own hash; the endpoint says the same numbers."""
    printed = served.world.wrapped(
        "summary", "--year", str(YEAR), "--wrapped-id", served.wrapped_id, "--format", "json"
    )
    document = served.get(served.page, headers=JSON)
    told = json.loads(printed.stdout)
    flat = summary(served)

    identity = f'"wrapped_id":"{served.wrapped_id}",'
    assert document.text == printed.stdout.removesuffix("\n").replace(identity, "")
    assert identity in printed.stdout and served.wrapped_id not in document.text
    digest = hashlib.sha256(document.content).hexdigest()
    assert document.headers["etag"] == f'"{digest}"'
    assert served.get(f"{served.page}/{digest}.json", headers=JSON).content == document.content
    stats = served.get("/api/stats", params={"url_key": served.page.rpartition("/")[2]})
    assert (stats.content, stats.headers["etag"]) == (document.content, document.headers["etag"])
    for part in ("", "/story.json", "/story.png"):
        shown = served.get(served.page + part, headers={"Accept": "*/*"})
        assert shown.status_code == 200 and served.wrapped_id.encode() not in shown.content
    assert flat["total_requests"] == told["requests"]["total"]
    assert flat["total_bytes_read"] == told["requests"]["bytes_read"]
    assert flat["peak_date"] == told["peak_day"]["date"]
    assert flat["storage_bytes"] == told["storage"]["bytes"]


@pytest.mark.parametrize("format", ["json", "csv", "ndjson", "parquet"])
def test_every_endpoint_answers_in_every_format(served: Served, format: str) -> None:
    """For a customer with data and for one that nobody knows."""
    pipes = served.get("/v0/pipes", params={"token": served.token}).json()["pipes"]
    assert len(pipes) >= 3
    for pipe in pipes:
        for wrapped_id in (served.wrapped_id, "nobody", ""):
            params = {"token": served.token, "wrapped_id": wrapped_id}
            answer = served.get(f"/v0/pipes/{pipe['name']}.{format}", params=params)
            assert answer.status_code == 200, (pipe["name"], answer.text)


@pytest.mark.parametrize(
    "params",
    [
        {"limit": "-1"},
        {"limit": "0"},
        {"limit": "2147483647"},
        {"start_date": "2025-02-01", "end_date": "2025-01-01"},
        {"start_date": "2025-01-01", "end_date": "2025-01-01"},
        {"start_date": "2024-12-31"},
        {"end_date": "2026-01-02"},
        {"start_date": "0001-01-01"},
        {"end_date": "9999-12-31"},
        {"year": "2019"},
        {"wrapped_id": "'; drop table x; --"},
        {"wrapped_id": ",,,"},
        {"wrapped_id": "x" * 60_000},
        {"q": "select * from daily_requests"},
        {"q": "select * from organizations"},
        {"q": "select organization_id from _"},
        {"q": "select * from history.main.organizations"},
    ],
)
def test_the_real_engine_never_fails_on_what_is_sent(served: Served, params: dict[str, str]) -> None:
    """It answers or refuses, for every endpoint."""
    pipes = served.get("/v0/pipes", params={"token": served.token}).json()["pipes"]
    for pipe in pipes:
        given = {"wrapped_id": served.wrapped_id} | params
        headers = {"Authorization": f"Bearer {served.token}"}
        answer = httpx.post(
            f"{served.url}/v0/pipes/{pipe['name']}.json", data=given, headers=headers, timeout=30
        )
        assert answer.status_code in (200, 400), (pipe["name"], answer.text)


schema = schemathesis.openapi.from_dict(
    document(
        load_endpoints().values(),
        "1",
        "http://127.0.0.1",
        [sandbox.PARAMETER],
        {"/mcp": {"post": mcp_tools.POST}},
    )
)


@schema.parametrize()
@settings(max_examples=8, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
def test_whatever_the_document_allows_the_real_engine_answers(
    case: schemathesis.Case, served: Served
) -> None:
    """Every way in that OpenAPI names, with what a machine makes up, and then with a customer and days that have rows: never 5xx."""
    headers = {"Authorization": f"Bearer {served.token}"}
    for given in ({}, {"wrapped_id": served.wrapped_id}):
        if isinstance(case.query, dict) and case.path.startswith("/v0/pipes/"):
            case.query = {**case.query, **given}
        answer = case.call(base_url=served.url, headers=headers)
        assert answer.status_code < 500, answer.text


def test_what_lands_is_in_the_answers_soon(served: Served) -> None:
    """A file of the region is counted within 30 seconds, once, by both workers, and the warehouse is not opened.

    Workers that take their place go on from there: they count it though it is gone from landing by then.
    """
    before = summary(served)["total_requests"]
    organization, workspace = _organization_of(served)
    at = datetime(YEAR, 2, 3, 10, 0, 0)
    rows = [
        request(organization, at + timedelta(seconds=number), f"fresh-{number}", workspace_id=workspace)
        for number in range(3)
    ]
    landed = LandingFile("pipe_stats", f"{at.date()}", "aws-eu-west-1", "fresh", rows)
    write(served.world.landing, landed)
    try:
        agreeing: list[bool] = []

        def both_say_so() -> bool:
            agreeing.append(summary(served)["total_requests"] == before + 3)
            return len(agreeing) >= 10 and all(agreeing[-10:])

        assert served.until(both_say_so, 30) < 30
        workers = psutil.Process(served.process.pid).children()
        opened = {Path(each.path).name for worker in workers for each in worker.open_files()}
        assert "warehouse.duckdb" not in opened
        # By the look after the one that took it in.
        served.until((served.world.home / "serving" / f"{YEAR}.kept").exists, 30)
    finally:
        (served.world.landing / landed.key).unlink()
    agreeing.clear()
    served.process.send_signal(signal.SIGHUP)
    served.until(lambda: not any(worker.is_running() for worker in workers), 30)
    assert served.until(both_say_so, 30) < 30 and all(agreeing)


def _organization_of(served: Served) -> tuple[str, str]:
    """An organization of that customer and one of its workspaces."""
    with duckdb.connect(str(served.world.warehouse), read_only=True) as con:
        found = con.execute(
            "select organization_id, any_value(workspace_id) from raw.pipe_stats join main.wrapped_organizations"
            " using (organization_id) where wrapped_id = $1 group by 1 limit 1",
            [served.wrapped_id],
        ).fetchone()
    assert found
    return str(found[0]), str(found[1])


def test_a_promotion_under_load_drops_no_request(served: Served) -> None:
    """Eight clients ask all the time while version 2 takes the place of version 1: every answer is 200, and both are seen."""
    stopped, failures, answered = threading.Event(), [], [0] * 8
    versions: set[str] = set()

    def ask(number: int) -> None:
        with httpx.Client(base_url=served.url, timeout=30) as client:
            while not stopped.is_set():
                if number % 2:
                    params = {"token": served.token, "wrapped_id": served.wrapped_id}
                    answer = client.get(SUMMARY, params=params)
                else:
                    answer = client.get(served.page, headers=JSON)
                if answer.status_code != 200:
                    failures.append((answer.status_code, answer.text))
                answered[number] += 1

    clients = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    for client in clients:
        client.start()
    try:
        for arguments in (("publish", "--year", str(YEAR)), ("promote", "--year", str(YEAR))):
            done = served.world.wrapped(*arguments)
            assert done.returncode == 0, done.stdout + done.stderr

        def all_serve_version_2() -> bool:
            versions.update(json.dumps(served.get("/readyz").json()["editions"]) for _ in range(10))
            return served.get("/metrics").text.count(f'wrapped_edition_version{{year="{YEAR}"}} 2.0') == 1

        served.until(all_serve_version_2, 30)
    finally:
        stopped.set()
        for client in clients:
            client.join()

    assert not failures
    assert all(answered) and sum(answered) > 100


def test_a_revocation_elsewhere_counts_within_a_second(served: Served) -> None:
    """Of a token, and of a page; another process revokes them."""
    issued = served.world.wrapped("token", "issue", "--name", "gone", "--pipe", "wrapped_pipe_stats_summary")
    token = issued.stdout.strip()
    params = {"token": token, "wrapped_id": served.wrapped_id}
    assert {served.get(SUMMARY, params=params).status_code for _ in range(4)} == {200}
    done = served.world.wrapped("token", "revoke", "gone")
    assert done.returncode == 0, done.stderr

    refused: list[int] = []

    def always_refused() -> bool:
        refused.append(served.get(SUMMARY, params=params).status_code)
        return refused[-8:] == [403] * 8

    # The command above took longer to end than the second that a revocation may take.
    assert served.until(always_refused, 5) < 5


def test_numbers_are_those_of_all_workers(served: Served) -> None:
    """Whichever worker is asked for them."""
    for _ in range(20):
        served.get("/healthz")

    def counted() -> float:
        page = served.get("/metrics").text
        return float(re.search(r'route="/healthz",status="200"\} ([\d.]+)', page)[1])  # type: ignore[index]

    assert {counted() for _ in range(6)} == {counted()} and counted() >= 20


def test_the_whole_log_holds_no_secret(served: Served) -> None:
    """Of everything that the tests above asked: no token, key, id, query string or path of a file."""
    log = served.log.read_text()
    organization, workspace = _organization_of(served)
    lines = [json.loads(line) for line in log.splitlines() if line.startswith("{")]

    assert len(lines) > 100 and {line["route"] for line in lines if "route" in line} > {
        "/healthz",
        "/metrics",
    }
    key = served.page.rpartition("/")[2]
    for secret in (
        served.token,
        key,
        served.wrapped_id,
        organization,
        workspace,
        str(served.world.home),
        "?",
        "Traceback",
    ):
        assert secret not in log.partition("\n")[2], secret


def test_a_worker_is_small(served: Served) -> None:
    """Under 300 MB, after all of the above."""
    workers = psutil.Process(served.process.pid).children()
    sizes = [
        worker.memory_info().rss / 1e6
        for worker in workers
        if "sandbox_child" not in " ".join(worker.cmdline())
    ]

    assert len(sizes) == 2
    assert max(sizes) < 300, sizes


def workers(served: Served) -> list[psutil.Process]:
    """Those that live."""
    children = psutil.Process(served.process.pid).children()
    return [each for each in children if each.status() != psutil.STATUS_ZOMBIE]


def test_a_worker_that_dies_is_replaced(served: Served) -> None:
    """By one that is connected to nobody before it can answer: of all that is asked meanwhile nothing is answered "not yet".

    Both die, so that only new ones can answer; what the dead ones served is told no more.
    """
    before = workers(served)
    answers: list[httpx.Response] = []
    params = {"token": served.token, "wrapped_id": served.wrapped_id}
    for worker in before:
        worker.kill()

    def are_two_again() -> bool:
        with suppress(httpx.TransportError):  # nobody listens, or a connection that a dead one had taken
            answers.append(served.get(SUMMARY, params=params))
        alive = workers(served)
        return len(alive) == 2 and not {each.pid for each in alive} & {each.pid for each in before}

    served.until(are_two_again, 30)
    served.until(served.is_ready, 30)
    for _ in range(20):
        answers += [served.get(SUMMARY, params=params), served.get("/readyz")]

    assert {answer.status_code for answer in answers} == {200}
    version = re.findall(r'wrapped_edition_version\{year="\d+"\} ([\d.]+)', served.get("/metrics").text)
    assert version == [str(float(served.get("/readyz").json()["editions"][str(YEAR)]))]


def test_a_registry_that_cannot_be_used_is_told(built_world: BuiltWorld, tmp_path: Path) -> None:
    """Before a worker starts, with what to do."""
    broken = built_world.twin(tmp_path / "home").with_settings(
        WRAPPED_REGISTRY_URL="sqlite:////proc/nowhere/registry.db"
    )
    done = broken.wrapped("serve", "--port", str(free_port()))

    assert done.returncode == 2 and "Next:" in done.stderr and "registry" in done.stderr


def test_a_port_that_is_taken_is_told(served: Served) -> None:
    """granian would share it with the stranger."""
    port = served.url.rpartition(":")[2]
    done = served.world.wrapped("serve", "--port", port)

    assert done.returncode == 2
    assert f"The server did not start on 127.0.0.1:{port}" in done.stderr
    assert "Next: stop what listens there, or choose another port with --port." in done.stderr


def test_an_address_that_is_not_this_machines_is_told(built_world: BuiltWorld, tmp_path: Path) -> None:
    """Another port would not help: the advice is about --host."""
    done = built_world.twin(tmp_path / "home").wrapped(
        "serve", "--host", "192.0.2.1", "--port", str(free_port())
    )

    assert done.returncode == 2 and "Next: name an address of this machine with --host" in done.stderr


def test_it_waits_for_the_first_promotion_and_ends_when_told(built_world: BuiltWorld, tmp_path: Path) -> None:
    """Before anything is published it answers 503 and says what to do; SIGTERM ends it with 0, no process, no file and no other word."""
    twin = built_world.twin(tmp_path / "home")
    before = set(Path("/tmp").glob("wrapped-serve-*"))
    process, url = start(twin, tmp_path / "log", "--workers", "1", "--no-access-log")
    found = Served(twin, process, url, "", "", "", tmp_path / "log")

    def answers() -> bool:
        try:
            return found.get("/healthz").status_code == 200
        except httpx.TransportError:
            return False

    found.until(answers, 30)
    assert found.get("/readyz").status_code == 503
    workers = psutil.Process(process.pid).children(recursive=True)
    process.send_signal(signal.SIGTERM)

    assert process.wait(30) == 0
    assert not [
        worker for worker in workers if worker.is_running() and worker.status() != psutil.STATUS_ZOMBIE
    ]
    assert set(Path("/tmp").glob("wrapped-serve-*")) <= before
    told = (tmp_path / "log").read_text()
    assert re.fullmatch(
        r"Serving on http://127\.0\.0\.1:\d+ with 1 worker\.\n"
        r"Nothing is promoted below file://\S+: pages answer 404, endpoints 503\. Next: `.*publish --year Y`.*\n",
        told,
    ), told
