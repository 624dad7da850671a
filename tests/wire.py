"""A line to a ClickHouse server that breaks where a test wants it to: in front of a statement, in the middle, behind it.

Statements are counted as they pass, in whatever process they come from.
"""

import http.client
import re
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Literal
from urllib.parse import parse_qs, urlsplit

from tests.clickhouse_server import ANSWER_SECONDS, Server

# What happens at a statement: the server is killed before it comes, while it works on it, or before its answer is out;
# or the server is well and its answer is lost.
When = Literal["killed before", "killed during", "killed after", "answer lost"]
KILLED: tuple[When, ...] = ("killed before", "killed during", "killed after")


# What happens to a statement, by its number (counted from 1) and its text.
Plan = Callable[[int, str], When | None]


@dataclass
class Wire:
    """What passed, and what is to happen to it."""

    server: Server
    port: int = 0
    seen: list[str] = field(default_factory=list)
    # Set once it has happened.
    broken: threading.Event = field(default_factory=threading.Event)
    _plan: Plan | None = None
    _one_at_a_time: threading.Lock = field(default_factory=threading.Lock)

    def follow(self, plan: Plan | None) -> None:
        """From now on statements are counted anew, and this happens to them."""
        with self._one_at_a_time:
            self.seen.clear()
            self.broken.clear()
            self._plan = plan

    def break_at(self, when: When, at: int | str) -> None:
        """It happens once: at the statement with this number, or to the first that holds these words."""

        done = False

        def plan(number: int, statement: str) -> When | None:
            nonlocal done
            here = at == number if isinstance(at, int) else at in statement
            if done or not here:
                return None
            done = True
            return when

        self.follow(plan)

    def passes(self, statement: str) -> When | None:
        """Note a statement; what happens to it."""
        with self._one_at_a_time:
            self.seen.append(statement)
            return self._plan(len(self.seen), statement) if self._plan else None


@contextmanager
def wired(server: Server) -> Iterator[Wire]:
    """A line to this server, on a port of its own."""
    wire = Wire(server)

    class Handler(_Handler):
        line = wire

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listening:
        listening.daemon_threads = True
        wire.port = listening.server_address[1]
        thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield wire
        finally:
            listening.shutdown()
            thread.join()


class _Handler(BaseHTTPRequestHandler):
    line: Wire
    protocol_version = "HTTP/1.1"
    # An answer leaves in one piece: in two it would wait 40 ms for an acknowledgement.
    wbufsize = -1
    disable_nagle_algorithm = True

    def log_message(self, format: str, *args: object) -> None:
        """Nothing is written."""

    def do_GET(self) -> None:
        self.do_POST()

    def do_POST(self) -> None:
        body = self._body()
        happens = self.line.passes(_statement(self.path, body))
        with suppress(ConnectionError, http.client.HTTPException):
            if happens == "killed before":
                self.line.server.kill()
            elif happens == "killed during":
                with closing(self._begun(body)):
                    self.line.server.kill()
            answer = self._forward(body) if happens in (None, "killed after", "answer lost") else None
            if happens == "killed after":
                self.line.server.kill()
            if happens is None and answer is not None:
                self._answer(*answer)
                return
        self._hang_up()
        if happens is not None:
            self.line.broken.set()

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        body = b""
        while size := int(self.rfile.readline().split(b";")[0], 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return body

    def _headers(self) -> dict[str, str]:
        left_out = ("host", "transfer-encoding", "content-length", "connection")
        return {name: value for name, value in self.headers.items() if name.lower() not in left_out}

    def _begun(self, body: bytes) -> http.client.HTTPConnection:
        """A statement that was sent and that the server has begun to work on, or is done with already."""
        connection = http.client.HTTPConnection("127.0.0.1", self.line.server.port, timeout=ANSWER_SECONDS)
        connection.request(self.command, self.path, body, self._headers())
        running = "select count() from system.processes where user = 'wrapped'"
        for _ in range(20):
            if self.line.server.ask(running).strip() != "0":
                break
        return connection

    def _forward(self, body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.line.server.port, timeout=ANSWER_SECONDS)
        try:
            connection.request(self.command, self.path, body, self._headers())
            answer = connection.getresponse()
            return answer.status, answer.getheaders(), answer.read()
        finally:
            connection.close()

    def _answer(self, status: int, headers: list[tuple[str, str]], content: bytes) -> None:
        self.send_response_only(status)
        for name, value in headers:
            if name.lower() not in ("transfer-encoding", "content-length", "connection", "keep-alive"):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
        self.wfile.flush()

    def _hang_up(self) -> None:
        """The client's connection is reset, as by a machine that is gone."""
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()


def _statement(path: str, body: bytes) -> str:
    """The statement of a request: in its address, in a form, or in its body."""
    asked = parse_qs(urlsplit(path).query).get("query", [""])[0]
    form = re.search(rb'name="query"(?:\r\n[^\r\n]+)*\r\n\r\n(.*?)\r\n--', body, re.DOTALL)
    if form:
        return form[1].decode(errors="replace")
    inserted = re.search(rb"INSERT INTO [`\w]+", body[:500])
    return asked or (inserted[0] if inserted else body).decode(errors="replace")
