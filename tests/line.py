"""A line of bytes to a server: with TLS on its near end, or cut by a test once so many bytes have come back."""

import contextlib
import select
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from subprocess import run


@dataclass(frozen=True)
class Certificate:
    """A certificate of its own making: whoever trusts `file` trusts the server that shows it."""

    file: Path
    key: Path

    @classmethod
    def made(cls, folder: Path, host: str = "127.0.0.1", name: str = "own") -> "Certificate":
        """A new one for this host, an address."""
        own = cls(folder / f"{name}.pem", folder / f"{name}.key")
        run(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=wrapped-tests"]
            + ["-addext", f"subjectAltName=IP:{host}", "-keyout", str(own.key), "-out", str(own.file)],
            check=True,
            capture_output=True,
        )  # fmt: skip
        return own

    def context(self) -> ssl.SSLContext:
        """What a server needs to show it."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.file, self.key)
        return context


# Called with how many bytes have come back on one connection.
Watch = Callable[[int], None]


def ignored(count: int) -> None:
    """Nobody watches."""


@contextmanager
def line(port: int, certificate: Certificate | None = None, watch: Watch = ignored) -> Iterator[int]:
    """A port of the loopback behind which this one lies."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=_listen, args=(listening, port, certificate, watch))
        thread.start()
        try:
            yield listening.getsockname()[1]
        finally:
            listening.shutdown(socket.SHUT_RDWR)
            thread.join()


def _listen(listening: socket.socket, port: int, certificate: Certificate | None, watch: Watch) -> None:
    while True:
        try:
            near, _ = listening.accept()
        except OSError:
            return
        threading.Thread(target=_connect, args=(near, port, certificate, watch), daemon=True).start()


def _connect(near: socket.socket, port: int, certificate: Certificate | None, watch: Watch) -> None:
    # A caller who does not trust the certificate hangs up.
    with contextlib.suppress(OSError), near:
        if certificate:
            near = certificate.context().wrap_socket(near, server_side=True)
        with near, socket.create_connection(("127.0.0.1", port)) as far:
            for end in (near, far):
                # A request in two pieces would wait 40 ms for an acknowledgement.
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            _pass(near, far, watch)


def _pass(near: socket.socket, far: socket.socket, watch: Watch) -> None:
    """Until one end hangs up. In one thread: a TLS socket is not for two at once."""
    count = 0
    while True:
        waiting = isinstance(near, ssl.SSLSocket) and near.pending()
        ready = [near] if waiting else select.select([near, far], [], [])[0]
        for source, target in ((near, far), (far, near)):
            if source in ready:
                piece = _received(source)
                if piece == b"":
                    return
                target.sendall(piece or b"")
                if source is far:
                    count += len(piece or b"")
                    watch(count)


def _received(source: socket.socket) -> bytes | None:
    """What has come, nothing at the end; None where TLS spoke to itself only."""
    source.setblocking(False)
    try:
        return source.recv(64 * 1024)
    except (ssl.SSLWantReadError, BlockingIOError):
        return None
    finally:
        source.setblocking(True)
