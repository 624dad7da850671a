"""A proxy in front of an HTTP server on the loopback: what was asked, when, and how it was answered; it can answer itself.

It passes on the Host that the client wrote and signed.
"""

import http.client
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple
from urllib.parse import urlsplit

HOP_BY_HOP = {"connection", "transfer-encoding", "content-length", "keep-alive"}


class Asked(NamedTuple):
    """One request. `at` is in seconds of a clock that only goes forward."""

    method: str
    path: str
    at: float
    status: int

    @property
    def is_listing(self) -> bool:
        """Whether it asked for a page of a listing."""
        return "list-type=2" in self.path


class Reply(NamedTuple):
    """What the proxy says in the server's place."""

    status: int
    body: bytes


@dataclass
class Proxy:
    """What went through.

    `answers` is given an address and how often it was asked before: what to say there, or None to pass the request on.
    """

    server: str
    endpoint: str = ""
    asked: list[Asked] = field(default_factory=list)
    answers: Callable[[str, int], Reply | None] = lambda path, before: None
    times: Counter[str] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def arrived(self, path: str) -> Reply | None:
        """Count a request; what to say to it."""
        with self._lock:
            self.times[path] += 1
            before = self.times[path] - 1
        return self.answers(path, before)

    @property
    def listings(self) -> int:
        """Pages of listings that were asked for."""
        return sum(each.is_listing for each in self.asked)

    @property
    def objects(self) -> list[str]:
        """The objects that were read, each as often as it was."""
        return [each.path for each in self.asked if each.method == "GET" and not each.is_listing]

    def forget(self) -> None:
        """Count from 0 again."""
        self.asked.clear()
        self.times.clear()


@contextmanager
def proxy(server: str) -> Iterator[Proxy]:
    """A proxy that listens."""
    seen = Proxy(server)

    class Handler(_Handler):
        proxy = seen

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listening:
        # A connection that a client keeps open must not keep the test from ending.
        listening.daemon_threads, listening.block_on_close = True, False
        thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        seen.endpoint = f"http://127.0.0.1:{listening.server_port}"
        try:
            yield seen
        finally:
            listening.shutdown()
            thread.join()


class _Handler(BaseHTTPRequestHandler):
    """One connection of a client, with one to the server."""

    protocol_version = "HTTP/1.1"
    proxy: Proxy
    server_connection: http.client.HTTPConnection | None = None

    def pass_on(self) -> None:
        """Answer one request, and note it."""
        at, said = time.monotonic(), self.proxy.arrived(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        status, headers, content = (said.status, [], said.body) if said else self._ask(body)
        self.proxy.asked.append(Asked(self.command, self.path, at, status))
        self.send_response_only(status)
        for name, value in headers:
            self.send_header(name, value)
        if self.command != "HEAD":
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = pass_on

    def _ask(self, body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
        if self.server_connection is None:
            self.server_connection = http.client.HTTPConnection(
                urlsplit(self.proxy.server).netloc, timeout=60
            )
        connection = self.server_connection
        connection.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
        for name, value in self.headers.items():
            connection.putheader(name, value)
        connection.endheaders(body)
        answer = connection.getresponse()
        content = answer.read()
        kept = [
            (name, value)
            for name, value in answer.getheaders()
            if name.lower() not in HOP_BY_HOP or (self.command == "HEAD" and name.lower() == "content-length")
        ]
        return answer.status, kept, content

    def handle(self) -> None:
        """A client that was killed has closed the connection without a word."""
        with suppress(ConnectionError):
            super().handle()

    def finish(self) -> None:
        """The client is gone."""
        if self.server_connection is not None:
            self.server_connection.close()
        with suppress(ConnectionError):
            super().finish()

    def log_message(self, *_: object) -> None:
        """Nothing is printed."""
