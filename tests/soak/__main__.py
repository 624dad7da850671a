"""Plays a soak: `python -m tests.soak --minutes 10 --seed 7`. Exits with 1 when an answer was wrong, the books do not balance, or too little was killed."""

import argparse
import math
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
from rich.console import Console
from rich.table import Table

from tests.landing_files import files_of, organization, write
from tests.ports import free_port
from tests.soak.client import Client, NoAnswer
from tests.soak.processes import ROOT, Kept, Killer
from tests.soak.region import ORGANIZATIONS, Numbers, Region, today
from tests.soak.verdict import failures
from wrapped_assets.access.grants import Grant, Scope
from wrapped_assets.access.open import open_registry
from wrapped_assets.access.tokens import Authority, new_jti
from wrapped_assets.resources.duckdb import DuckDBWarehouse
from wrapped_assets.resources.errors import WarehouseBusy
from wrapped_assets.resources.identity import wrapped_id
from wrapped_assets.resources.warehouse import Pending
from wrapped_assets.settings import Settings

SECRET = "a secret of the soak, thirty-two characters"
BETWEEN_KILLS_SECONDS = 20.0
BETWEEN_WRITES_SECONDS = 1.5
DAYS = 12
SETTLED_WITHIN_SECONDS = 420.0

console = Console(width=150)


@dataclass
class Soak:
    """A world and everything that runs over it."""

    folder: Path
    minutes: float
    seed: int

    def __post_init__(self) -> None:
        """The processes, not started yet, and an empty region."""
        dice = random.Random(self.seed)
        last = today() - timedelta(days=1)
        days = [last - timedelta(days=back) for back in reversed(range(DAYS))]
        # One edition: the days are of the year of the last one.
        self.region = Region(
            self.folder / "region.duckdb", dice, [day for day in days if day.year == last.year]
        )
        self.year = last.year
        self.home, self.state = self.folder / "home", self.folder / "exported"
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith(("WRAPPED_", "DAGSTER_"))
        }
        self.environment = kept | {
            "WRAPPED_HOME": str(self.home),
            "DAGSTER_HOME": str(self.home / "dagster"),
            "WRAPPED_SECRET": SECRET,
            "WRAPPED_FIRST_DAY": str(self.region.days[0].replace(day=1)),
            "PYTHONPATH": str(ROOT),
        }
        self.port = free_port()
        self.wrapped = [sys.executable, "-c", "from wrapped_assets.cli.main import main; main()"]
        self.killer = Killer(*self._processes(), random.Random(self.seed + 1))

    def _processes(self) -> tuple[Kept, Kept, Kept]:
        """`dagster dev`, `wrapped serve` and the exporter."""
        module = [sys.executable, "-m"]
        address = ["--host", "127.0.0.1", "--port", str(free_port())]
        paths = [str(self.region.path), str(self.home / "landing"), str(self.state)]

        def kept(log: str, command: list[str]) -> Kept:
            return Kept(command, self.environment, self.folder / log)

        return (
            kept("dagster.log", [*module, "dagster", "dev", "--workspace", "workspace.yaml", *address]),
            kept("serve.log", [*self.wrapped, "serve", "--port", str(self.port), "--workers", "2"]),
            kept("exporter.log", [*module, "tests.soak.exporter", *paths]),
        )

    def prepare(self) -> None:
        """A published edition of a few requests, before anything else runs."""
        (self.home / "dagster").mkdir(parents=True)
        shutil.copyfile(ROOT / "dagster.yaml", self.home / "dagster" / "dagster.yaml")
        for file in files_of(*(organization(id, name=id) for id in ORGANIZATIONS), name="names"):
            write(self.home / "landing", file)
        self.region.create()
        for _ in range(40):
            self.region.write(5)
        self.killer.exporter.start()
        _until("the first export", 120, self.state.exists)
        for command in ("build", "publish", "promote"):
            console.print(f"Preparing: wrapped {command}")
            subprocess.run(
                [*self.wrapped, command, "--year", str(self.year)],
                env=self.environment,
                cwd=ROOT,
                check=True,
                capture_output=True,
            )

    def client(self) -> Client:
        """With a token for every customer of the edition."""
        with open_registry(Settings.load(self.environment)) as registry:
            scope = Scope("PIPES:READ", "wrapped_pipe_stats_summary", {})
            grant = Grant("soak", "wrapped", (scope,), None, new_jti(), datetime.now(UTC) + timedelta(days=1))
            token = Authority(SECRET.encode(), registry).issue(grant)
        ids = {organization: wrapped_id(SECRET.encode(), organization) for organization in ORGANIZATIONS}
        published_at = float(self.state.read_text())
        return Client(
            f"http://127.0.0.1:{self.port}",
            token,
            self.region,
            self.state,
            ids,
            random.Random(self.seed + 2),
            published_at,
        )

    def play(self, client: Client) -> None:
        """Write, kill and ask until the time is up."""
        stopped, end = threading.Event(), time.monotonic() + 60 * self.minutes
        self.killer.serve.start()
        self.killer.dagster.start()
        _until("the first answer", 120, lambda: self.answers(client))
        helpers = [
            threading.Thread(target=target, args=(stopped,)) for target in (client.run, self.killer.watch)
        ]
        for helper in helpers:
            helper.start()
        next_kill = time.monotonic() + BETWEEN_KILLS_SECONDS
        try:
            while time.monotonic() < end:
                self.region.write(1 + self.region.dice.randrange(20))
                if time.monotonic() >= next_kill and (kind := self.killer.strike()):
                    next_kill = time.monotonic() + BETWEEN_KILLS_SECONDS
                    console.print(
                        f"{end - time.monotonic():4.0f} s left: killed {kind}; {client.answers:,} answers, {len(client.wrong)} wrong"
                    )
                stopped.wait(BETWEEN_WRITES_SECONDS)
            _until(
                "the last export", 120, lambda: float(self.state.read_text()) > self.region.written[-1].done
            )
            _until(
                "answers that hold everything",
                SETTLED_WITHIN_SECONDS,
                lambda: self.answers(client) == self.region.truth(),
            )
            _until(
                "a warehouse that holds everything",
                SETTLED_WITHIN_SECONDS,
                lambda: self.raw() == self.region.truth(),
            )
        finally:
            stopped.set()
            for helper in helpers:
                helper.join()

    def answers(self, client: Client) -> dict[str, Numbers] | None:
        """Requests, errors and bytes of every organization's year, as the API says; None while it does not."""
        found = {}
        for name in ORGANIZATIONS:
            try:
                found[name] = client.ask(name, self.region.days[0], self.region.days[-1] + timedelta(days=1))
            except NoAnswer:
                return None
        return {name: numbers for name, numbers in found.items() if numbers[0]}

    def raw(self) -> dict[str, Numbers] | None:
        """The same of raw, where a doubled row counts twice; None while the warehouse is written, or a level has not followed."""
        statement = (
            "select organization_id, count(*), sum(error), sum(read_bytes) from raw.pipe_stats group by all"
        )
        file = self.home / "warehouse.duckdb"
        try:
            with DuckDBWarehouse(file).reading() as reader:
                if reader.pending() != Pending():
                    return None
            with duckdb.connect(str(file), read_only=True) as connection:
                found = connection.execute(statement).fetchall()
        except (duckdb.IOException, WarehouseBusy):
            return None
        return {name: (requests, int(errors), int(read)) for name, requests, errors, read in found}

    def end(self) -> None:
        """End every process."""
        for kept in (self.killer.exporter, self.killer.dagster, self.killer.serve):
            kept.end(gently=True)

    def check(self) -> int:
        """The exit code of every asset check over the year, the deep ones among them; tells which failed."""
        command = [*self.wrapped, "check", "--year", str(self.year), "--deep"]
        done = subprocess.run(
            command, env=self.environment, cwd=ROOT, check=False, capture_output=True, text=True
        )
        if done.returncode:
            console.print(done.stdout + done.stderr)
        return done.returncode


class NeverCame(Exception):
    """Something that must come did not."""


def _until(what: str, seconds: float, look: Callable[[], object]) -> None:
    console.print(f"Waiting for {what}, {seconds:.0f} s at most")
    deadline, pause = time.monotonic() + seconds, threading.Event()
    while not look():
        if time.monotonic() > deadline:
            raise NeverCame(f"{what.capitalize()} did not come within {seconds:.0f} s.")
        pause.wait(0.5)


def main(folder: Path, minutes: float, seed: int) -> int:
    """Play, tell, and say whether all was well."""
    console.print(f"Seed {seed}, {minutes:g} minutes, in {folder}")
    soak, unsettled = Soak(folder, minutes, seed), ""
    # Who ends a soak from outside means all that it started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("Ended from outside."))
    try:
        soak.prepare()
        client = soak.client()
        try:
            soak.play(client)
        except NeverCame as error:
            unsettled = f"{error} The API says {soak.answers(client)}, raw {soak.raw()}, the region {soak.region.truth()}."
    finally:
        soak.end()
    console.print("Asking every check, the deep ones too")
    code = soak.check()
    console.print(_figures(soak, client, unsettled, code))
    for wrong in client.wrong[:20]:
        console.print(wrong)
    kills = sum(soak.killer.kills.values())
    failed = failures(minutes, kills, client.answers, client.late, len(client.wrong), code, unsettled)
    for sentence in failed:
        console.print(sentence)
    return 1 if failed else 0


def _figures(soak: Soak, client: Client, unsettled: str, code: int) -> Table:
    table = Table("what", "figure")
    kills = soak.killer.kills
    for what, figure in (
        (
            "kills",
            f"{sum(kills.values())}: {', '.join(f'{kind} {times}' for kind, times in sorted(kills.items()))}",
        ),
        ("rows written in the region", f"{soak.region.rows:,}"),
        ("answers", f"{client.answers:,}"),
        ("of which wrong", f"{len(client.wrong)}"),
        ("of which later than 30 s after landing", f"{client.late:,}"),
        ("questions without an answer", f"{client.unanswered}"),
        ("rows lost or doubled", unsettled or "0: answers, raw and the region are equal"),
        ("`wrapped check --deep`", f"exit code {code}"),
    ):
        table.add_row(what, figure)
    return table


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument(
        "--minutes",
        type=float,
        default=10,
        help="of killing (default: 10); what comes before and after takes about three more",
    )
    parser.add_argument(
        "--seed", type=int, default=int(time.time()), help="of what is written, killed and asked"
    )
    asked = parser.parse_args()
    if not 0 < asked.minutes < math.inf:
        parser.error(f"--minutes: {asked.minutes} is not more than 0")
    with tempfile.TemporaryDirectory(prefix="wrapped-soak-") as temporary:
        sys.exit(main(Path(temporary), asked.minutes, asked.seed))
