"""Whether `make dev` can start: settings that can be used, and a port that is free.

Dagster's own server goes on without a page when its port is taken, and without assets when a setting is wrong.
"""

import socket
import sys

from wrapped_assets.settings import BadSettings, Settings


def problem(port: str) -> str:
    """Why the Dagster UI cannot start on this port of the loopback address, in a sentence or two; empty when it can."""
    try:
        settings = Settings.load()
        settings.home.mkdir(parents=True, exist_ok=True)
    except BadSettings as error:
        return str(error)
    except OSError as error:
        return f"{error.filename} could not be used: {error.strerror}.\n  Next: check WRAPPED_HOME."
    if not port.isdecimal() or not 1 <= int(port) <= 65535:
        return f"PORT is '{port}', expected a number from 1 to 65535.\n  Next: make dev PORT=3001"
    with socket.socket() as tried:
        # As the server does it: a port that only waits for its last connections to end is free.
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind(("127.0.0.1", int(port)))
        except OSError as error:
            return f"Port {port} cannot be used: {error.strerror}.\n  Next: make dev PORT=<another one>"
    return ""


if __name__ == "__main__":
    if seen := problem(sys.argv[1]):
        sys.exit(seen)
    print(f"Starting Dagster: http://localhost:{sys.argv[1]} in some seconds, Ctrl-C stops it.")
