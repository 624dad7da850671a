"""A real PostgreSQL and a real Redis from Debian's packages, on free ports of the loopback and in temporary folders."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import psycopg
import redis

from tests.ports import free_port

# Set where a server that cannot be had is a failure, as in CI.
REQUIRED = "SERVERS_REQUIRED"
START_SECONDS = 60.0
PASSWORD = "s:cr/et@%41 ü"


class NotToBeHad(Exception):
    """Why there is no server here."""


@dataclass
class Process:
    """A server's process."""

    command: Sequence[str]
    folder: Path
    user: str | None = None
    running: "subprocess.Popen[bytes] | None" = field(default=None)

    def start(self, is_ready: Callable[[], bool]) -> None:
        """Start it and wait until it answers."""
        log = self.folder / "log"
        with log.open("ab") as output:
            self.running = subprocess.Popen(
                self.command, cwd=self.folder, stdout=output, stderr=output, user=self.user
            )
        deadline, pause = time.monotonic() + START_SECONDS, threading.Event()
        while not is_ready():
            if self.running.poll() is not None or time.monotonic() > deadline:
                raise NotToBeHad(f"{self.command[0]} did not start: {log.read_text()[-1000:]}")
            pause.wait(0.02)

    def end(self, how: signal.Signals) -> None:
        """Let it end, and wait until it is gone."""
        if self.running is not None:
            self.running.send_signal(how)
            self.running.wait(START_SECONDS)
            self.running = None


class PostgreSQL:
    """A cluster with one user and a password; each test makes a database of its own."""

    def __init__(self, folder: Path, binaries: Path, user: str | None) -> None:
        self.port = free_port()
        self._databases = 0
        secret = folder / "password"
        secret.write_text(PASSWORD)
        secret.chmod(0o644)
        data = folder / "data"
        initdb = [binaries / "initdb", "-D", data, "-U", "wrapped", f"--pwfile={secret}", "--no-sync"]
        options = ["--auth=scram-sha-256", "--encoding=UTF8", "--locale=C"]
        done = subprocess.run(
            [*map(str, initdb), *options], cwd=folder, user=user, capture_output=True, text=True
        )
        if done.returncode != 0:
            raise NotToBeHad(f"initdb failed: {done.stderr[-500:]}")
        settings = {"listen_addresses": "127.0.0.1", "port": self.port, "fsync": "off", "max_connections": 60}
        settings["unix_socket_directories"] = ""
        flags = [f"-c{name}={value}" for name, value in settings.items()]
        self.process = Process([str(binaries / "postgres"), "-D", str(data), *flags], folder, user)

    def start(self) -> None:
        """Start it."""
        self.process.start(self._answers)

    def stop(self) -> None:
        """Disconnect whoever is there and end."""
        self.process.end(signal.SIGINT)

    def url(self, password: str = PASSWORD) -> str:
        """The setting that names a new, empty database."""
        self._databases += 1
        name = f"registry_{self._databases}"
        with self._connect() as connection:
            connection.execute(f"create database {name}".encode())
        return f"postgresql://wrapped:{quote(password, safe='')}@127.0.0.1:{self.port}/{name}"

    def _connect(self) -> "psycopg.Connection[tuple[object, ...]]":
        return psycopg.connect(
            host="127.0.0.1",
            port=self.port,
            user="wrapped",
            password=PASSWORD,
            dbname="postgres",
            autocommit=True,
        )

    def _answers(self) -> bool:
        try:
            self._connect().close()
        except psycopg.OperationalError:
            return False
        return True


class Redis:
    """An empty Redis that keeps nothing."""

    def __init__(self, folder: Path, binary: str) -> None:
        self.port = free_port()
        options = {
            "--port": str(self.port),
            "--bind": "127.0.0.1",
            "--save": "",
            "--appendonly": "no",
            "--requirepass": "secret",
        }
        self.process = Process([binary, *(word for pair in options.items() for word in pair)], folder)

    @property
    def url(self) -> str:
        """The setting that names it."""
        return f"redis://:secret@127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Start it."""
        self.process.start(self._answers)

    def kill(self) -> None:
        """kill -9."""
        self.process.end(signal.SIGKILL)

    def freeze(self) -> None:
        """Let it hang: connections are taken and nothing is answered, until it is killed."""
        assert self.process.running is not None
        self.process.running.send_signal(signal.SIGSTOP)

    def _answers(self) -> bool:
        client = redis.Redis(host="127.0.0.1", port=self.port, password="secret")
        try:
            return bool(client.ping())
        except redis.RedisError:
            return False
        finally:
            client.close()


@contextmanager
def postgresql() -> Iterator[PostgreSQL]:
    """A PostgreSQL that runs; NotToBeHad where there is none. As root it runs as the user of Debian's package."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not found:
        raise NotToBeHad("PostgreSQL is not installed (Debian: apt-get install postgresql)")
    user = "postgres" if os.geteuid() == 0 else None
    with _folder(user) as folder:
        server = PostgreSQL(folder, found[-1].parent, user)
        server.start()
        try:
            yield server
        finally:
            server.stop()


@contextmanager
def redis_server() -> Iterator[Redis]:
    """A Redis that runs; NotToBeHad where there is none."""
    binary = shutil.which("redis-server")
    if binary is None:
        raise NotToBeHad("redis-server is not installed (Debian: apt-get install redis-server)")
    with _folder(None) as folder:
        server = Redis(folder, binary)
        server.start()
        try:
            yield server
        finally:
            server.kill()


@contextmanager
def _folder(user: str | None) -> Iterator[Path]:
    """A temporary folder of that user; pytest's own are closed to everyone else."""
    with tempfile.TemporaryDirectory(prefix="wrapped-server-") as name:
        if user is not None:
            entry = pwd.getpwnam(user)
            os.chown(name, entry.pw_uid, entry.pw_gid)
        yield Path(name)
