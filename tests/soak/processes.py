"""The processes of a soak: started, killed at random, started again by a watchdog as an operator's would be."""

import os
import random
import signal
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

ROOT = Path(__file__).parents[2]

# It takes a while to start, longer on a busy machine.
WITHOUT_CODE_SECONDS = 60.0

# Of the processes below `dagster dev`: what their command lines hold.
PARTS_OF_DAGSTER = {
    "a run": "multiprocessing.spawn",
    "the daemon": "_daemon",
    "the code server": "api grpc",
    "the web server": "webserver",
}


@dataclass
class Kept:
    """A process that is kept running, with all that it starts in one session."""

    command: Sequence[str]
    environment: Mapping[str, str]
    log: Path
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, after whatever is left of the one before was ended."""
        self.end()
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command, cwd=ROOT, env=self.environment, stdout=log, stderr=log, start_new_session=True
            )

    @property
    def is_gone(self) -> bool:
        """Whether nothing answers for it any more."""
        return self.process is None or self.process.poll() is not None

    def children(self) -> list[psutil.Process]:
        """Everything below it."""
        if self.process is None:
            return []
        with suppress(psutil.NoSuchProcess):
            return psutil.Process(self.process.pid).children(recursive=True)
        return []

    def end(self, gently: bool = False) -> None:
        """End it and its session; gently it may finish what it does."""
        if self.process is None:
            return
        if gently and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(60)
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


@dataclass
class Killer:
    """Kills one process at a time with SIGKILL and starts what does not come back by itself."""

    dagster: Kept
    serve: Kept
    exporter: Kept
    dice: random.Random
    kills: dict[str, int] = field(default_factory=dict)

    def strike(self) -> str | None:
        """Kill something of a kind chosen at random; None when there is none of that kind just now."""
        kind = self.dice.choice(
            [*PARTS_OF_DAGSTER, "a run", "a run", "a serving worker", "all of serving", "the exporter"]
        )
        found = self._of(kind)
        if not found:
            return None
        victim = self.dice.choice(found)
        with suppress(psutil.NoSuchProcess):
            victim.send_signal(signal.SIGKILL)
            self.kills[kind] = self.kills.get(kind, 0) + 1
            return kind
        return None

    def watch(self, stopped: threading.Event) -> None:
        """Once a second, until told to stop: start whatever is gone.

        `dagster dev` goes on without its code server when that was killed, and starts no other: a service manager's probe would see it.
        """
        seen = time.monotonic()
        while not stopped.wait(1.0):
            if self.dagster.is_gone or self._of("the code server"):
                seen = time.monotonic()
            elif time.monotonic() > seen + WITHOUT_CODE_SECONDS:
                self.dagster.end()
                seen = time.monotonic()
            for kept in (self.dagster, self.serve, self.exporter):
                if kept.is_gone:
                    kept.start()

    def _of(self, kind: str) -> list[psutil.Process]:
        if kind in PARTS_OF_DAGSTER:
            return [child for child in self.dagster.children() if PARTS_OF_DAGSTER[kind] in _command(child)]
        if kind == "a serving worker":
            return self.serve.children()
        kept = self.serve if kind == "all of serving" else self.exporter
        with suppress(psutil.NoSuchProcess):
            return [psutil.Process(kept.process.pid)] if kept.process else []
        return []


def _command(process: psutil.Process) -> str:
    with suppress(psutil.Error):
        return " ".join(process.cmdline())
    return ""
