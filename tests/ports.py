"""Ports of the loopback."""

import socket
from contextlib import suppress
from random import SystemRandom

# Below those that the system gives to outgoing connections: one of them could take a port before its server does.
_PORTS = range(12_000, 32_000)


def free_port() -> int:
    """A port of the loopback that nobody listens on."""
    while True:
        port = SystemRandom().choice(_PORTS)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
