"""What `wrapped serve` answers over HTTP, beside nginx with the same bytes on the same cores: `python -m benchmarks.serving.http`.

Needs wrk and nginx (Debian: `apt-get install wrk nginx-light`). Rounds are interleaved, so that a machine whose speed drifts
still gives fair ratios. nginx sends one file and writes no log; ours finds the page by its key, checks the registry, and writes its
access log to /dev/null.
"""

import argparse
import json
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.request import urlopen

import psutil

from benchmarks.measure import machine
from benchmarks.serving import world
from tests.ports import free_port
from wrapped_assets.access.grants import Grant, Scope
from wrapped_assets.access.open import open_registry
from wrapped_assets.access.tokens import Authority, new_jti
from wrapped_assets.editions import CheckResult, Contents, Publisher
from wrapped_assets.editions.open import open_publication
from wrapped_assets.settings import Settings

CONNECTIONS = 32
DOCUMENT_BYTES = 6_000
PROMOTIONS = 6
_NGINX = """
worker_processes {workers}; pid {folder}/nginx.pid; error_log {folder}/nginx.log; daemon off;
events {{ worker_connections 1024; }}
http {{
    access_log off; keepalive_requests 1000000000; default_type application/json;
    server {{ listen 127.0.0.1:{port}; root {folder}/nginx; }}
}}
"""


@dataclass(frozen=True)
class Load:
    """What wrk saw: requests and their rate a second, percentiles in milliseconds, and how many were answered with an error or not at all."""

    requests: int
    rate: float
    p50: float
    p99: float
    wrong: int

    @classmethod
    def of(cls, said: str) -> "Load":
        """By what wrk prints."""
        wrong = re.search(r"Non-2xx or 3xx responses: (\d+)", said)
        dropped = re.search(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", said)
        return cls(
            int(re.search(r"(\d+) requests in", said)[1]),  # type: ignore[index]
            float(re.search(r"Requests/sec:\s+([\d.]+)", said)[1]),  # type: ignore[index]
            _milliseconds(said, "50%"),
            _milliseconds(said, "99%"),
            (int(wrong[1]) if wrong else 0) + (sum(map(int, dropped.groups())) if dropped else 0),
        )


def _wrk(url: str, seconds: int, connections: int) -> list[str]:
    accept = "Accept: application/json"
    return ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", "-H", accept, url]


def wrk(url: str, seconds: int, connections: int = CONNECTIONS) -> Load:
    """Ask one address as fast as it answers."""
    command = _wrk(url, seconds, connections)
    return Load.of(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def _milliseconds(said: str, percentile: str) -> float:
    number, unit = re.search(rf"{percentile}\s+([\d.]+)(us|ms|s)", said).groups()  # type: ignore[union-attr]
    return float(number) * {"us": 0.001, "ms": 1.0, "s": 1000.0}[unit]


@dataclass(frozen=True)
class Made:
    """A published edition of the dense year, one page's key and a token."""

    environment: dict[str, str]
    key: str
    token: str
    customer: str
    document: bytes


def make(folder: Path) -> Made:
    """Publish the world of benchmarks/serving/world.py with a document for each customer."""
    snapshot, landing = world.make(folder)
    environment = {
        "WRAPPED_HOME": str(folder / "home"),
        "WRAPPED_LANDING_URL": landing.as_uri(),
        "WRAPPED_SECRET": world.SECRET.decode(),
        "WRAPPED_FIRST_DAY": f"{world.YEAR}-01-01",
        "PATH": "/usr/bin:/bin",
    }
    settings = Settings.load(environment)
    customers = world.customers()
    if not (folder / "home" / "published").exists():
        for _ in range(2):
            _publish(settings, snapshot, customers)
    with open_registry(settings) as registry:
        registry.make_links(world.YEAR, {customers[0]: "Benchmark"})
        key = registry.links_of_subject(customers[0])[0].url_key
        scope = Scope("PIPES:READ", "wrapped_pipe_stats_summary", {"wrapped_id": customers[0]})
        expires = datetime.now(UTC) + timedelta(days=1)
        grant = Grant("benchmark", "wrapped", (scope,), None, new_jti(), expires)
        token = Authority(settings.secret(), registry).issue(grant)
    return Made(environment, key, token, customers[0], _document(customers[0]))


def _publish(settings: Settings, snapshot: Path, customers: Sequence[str]) -> None:
    def documents(subjects: Sequence[str]) -> Iterable[tuple[str, bytes]]:
        return ((subject, _document(subject)) for subject in subjects)

    end = datetime(world.YEAR, 12, 31, tzinfo=UTC)
    publisher = Publisher(open_publication(settings))
    publisher.publish(
        Contents(
            year=world.YEAR,
            through=end,
            generated_at=end,
            frozen=False,
            left_out=0,
            subjects=customers,
            documents=documents,
            write_snapshot=lambda path, year: shutil.copy(snapshot, path),
            totals=dict,
            checks=lambda: [CheckResult(asset="benchmark", name="none", result="passed")],
        )
    )
    publisher.promote(world.YEAR)


def _document(subject: str) -> bytes:
    """Bytes of the size of a large document; what they say is nobody's business here."""
    told = {"wrapped_id": subject, "through": "2025-12-31T23:59:59.999Z", "days": [1000] * 365}
    text = json.dumps(told | {"filler": ""})
    return json.dumps(told | {"filler": "x" * (DOCUMENT_BYTES - len(text))}).encode()


@contextmanager
def nginx(folder: Path, document: bytes, workers: int) -> Iterator[str]:
    """nginx with the document as a file."""
    port = free_port()
    (folder / "nginx").mkdir(exist_ok=True)
    (folder / "nginx" / "document").write_bytes(document)
    # nginx's workers may run as another user, which must be able to come so far.
    folder.chmod(0o755)
    configuration = folder / "nginx.conf"
    configuration.write_text(_NGINX.format(workers=workers, folder=folder, port=port))
    process = subprocess.Popen(["/usr/sbin/nginx", "-c", str(configuration)])
    url = f"http://127.0.0.1:{port}/document"
    try:
        _until(url, 10)
        yield url
    finally:
        process.send_signal(signal.SIGQUIT)
        process.wait(20)


@contextmanager
def served(made: Made, workers: int) -> Iterator[tuple[str, float, int]]:
    """`wrapped serve`: its address, the seconds from its start to ready, and its process."""
    port = free_port()
    command = [sys.executable, "-c", "from wrapped_assets.cli.main import main; main()", "serve"]
    started = time.perf_counter()
    process = subprocess.Popen(
        [*command, "--port", str(port), "--workers", str(workers)],
        env=made.environment | {"PYTHONPATH": ":".join(filter(None, sys.path))},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    url = f"http://127.0.0.1:{port}"
    try:
        _until(f"{url}/readyz", 60)
        yield url, time.perf_counter() - started, process.pid
    finally:
        process.terminate()
        process.wait(60)


def _until(url: str, seconds: float) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            with urlopen(url, timeout=5) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.01)
    raise SystemExit(f"{url} did not answer within {seconds} s.")


def _wait_for_landing(url: str, files: int) -> None:
    """Until every worker has taken all fresh files in; the metric is the most of all workers, so it is asked a while longer."""
    end = time.monotonic() + 300
    while time.monotonic() < end:
        with urlopen(f"{url}/metrics", timeout=30) as answer:
            taken = re.search(
                r'wrapped_landing_files\{outcome="taken",year="\d+"\} ([\d.]+)', answer.read().decode()
            )
        if taken and float(taken[1]) >= files:
            return
        time.sleep(0.5)
    raise SystemExit("The fresh files were not taken in.")


def _promote_under(made: Made, url: str, addresses: Sequence[str]) -> list[Load]:
    """Ask addresses all the time while the other version takes the place of the present one, PROMOTIONS times over."""
    publisher = Publisher(open_publication(Settings.load(made.environment)))
    asking = [
        subprocess.Popen(_wrk(address, 600, 4), stdout=subprocess.PIPE, text=True) for address in addresses
    ]
    for number in range(PROMOTIONS):
        promoted = publisher.promote(world.YEAR, 1 + number % 2)
        _wait_for_version(url, promoted.number)
    for process in asking:
        process.send_signal(signal.SIGINT)
    return [Load.of(process.communicate()[0]) for process in asking]


def _wait_for_version(url: str, number: int) -> None:
    """Until all workers answer from it: every connection of sixteen reached one that does."""
    end, seen = time.monotonic() + 120, 0
    while seen < 16:
        if time.monotonic() > end:
            raise SystemExit(f"Version {number} did not come into use.")
        with urlopen(f"{url}/readyz", timeout=30) as answer:
            editions = json.load(answer)["editions"]
        seen = seen + 1 if editions == {str(world.YEAR): number} else 0
        time.sleep(0.05)


def _largest_worker(pid: int) -> float:
    return max(child.memory_info().rss / 1e6 for child in psutil.Process(pid).children())


def main(folder: Path, rounds: int, seconds: int, workers: int) -> None:
    """Take every figure and print them as a table."""
    print(
        f"{machine()}, {datetime.now(UTC):%Y-%m-%d}; {rounds} rounds of {seconds} s, {workers} workers each"
    )
    made = make(folder)
    # What the workers of an earlier run took in: the first start is to be one without.
    shutil.rmtree(folder / "home" / "serving", ignore_errors=True)
    fresh = sum(1 for _ in folder.glob(f"landing/pipe_stats/dt={world.YEAR}-12-31/**/*.parquet"))
    floors: list[Load] = []
    pages: list[Load] = []
    summaries: list[Load] = []
    with nginx(folder, made.document, workers) as plain, served(made, workers) as (url, ready, pid):
        _wait_for_landing(url, fresh)
        page = f"{url}/wrapped/{made.key}"
        summary = f"{url}/v0/pipes/wrapped_pipe_stats_summary.json?token={made.token}"
        for address in (plain, page, summary):
            wrk(address, 1)
        for _ in range(rounds):
            floors.append(wrk(plain, seconds))
            pages.append(wrk(page, seconds))
            summaries.append(wrk(summary, seconds, connections=1))
        size = _largest_worker(pid)
        promoted = _promote_under(made, url, [page, summary])
    with served(made, workers) as (_, again, _):
        pass
    if any(load.wrong for load in [*floors, *pages, *summaries]):
        raise SystemExit("Some answers were wrong: the figures mean nothing.")
    _print(floors, pages, summaries, (ready, again), size, promoted)


def _print(
    floors: list[Load],
    pages: list[Load],
    summaries: list[Load],
    ready: tuple[float, float],
    size: float,
    promoted: list[Load],
) -> None:
    ratio = statistics.median(page.rate / floor.rate for page, floor in zip(pages, floors, strict=True))
    rows = [
        ("documents: requests/s, ours / nginx", f"{ratio:.2f}", "0.33"),
        (
            f"documents: p99 ms at {CONNECTIONS} connections",
            f"{statistics.median(p.p99 for p in pages):.2f}",
            "5",
        ),
        ("nginx: the same", f"{statistics.median(p.p99 for p in floors):.2f}", ""),
        (
            "summary of one customer: p50 ms over HTTP",
            f"{statistics.median(p.p50 for p in summaries):.2f}",
            "3",
        ),
        (
            "summary of one customer: p99 ms over HTTP",
            f"{statistics.median(p.p99 for p in summaries):.2f}",
            "6",
        ),
        ("first start to ready, s", f"{ready[0]:.2f}", ""),
        ("start to ready again, s", f"{ready[1]:.2f}", "2"),
        ("largest worker, MB", f"{size:.0f}", "300"),
        (
            f"{PROMOTIONS} promotions under load: requests, of which wrong or dropped",
            f"{sum(load.requests for load in promoted):,}, {sum(load.wrong for load in promoted)}",
            "0",
        ),
    ]
    for what, figure, must_reach in rows:
        print(f"| {what} | {figure} | {must_reach} |")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks.serving.http", description=__doc__)
    parser.add_argument(
        "--folder", type=Path, help="keeps the data between runs; without it all is made anew"
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--workers", type=int, default=2)
    asked = parser.parse_args()
    if missing := [
        tool for tool in ("wrk", "nginx") if shutil.which(tool, path="/usr/bin:/usr/sbin:/bin") is None
    ]:
        raise SystemExit(f"{', '.join(missing)} missing: apt-get install wrk nginx-light")
    if asked.folder:
        asked.folder.mkdir(parents=True, exist_ok=True)
        main(asked.folder, asked.rounds, asked.seconds, asked.workers)
    else:
        with tempfile.TemporaryDirectory(prefix="wrapped-bench-") as temporary:
            main(Path(temporary), asked.rounds, asked.seconds, asked.workers)
