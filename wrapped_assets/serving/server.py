"""`wrapped serve`: granian with a few worker processes, each with an application of its own.

The parent only imports and listens; what opens files, threads or connections does so in the worker, after the fork.
A promotion needs no restart: every worker takes the new version up by itself (shelf). SIGHUP replaces the workers one by
one, for a new registry or other settings; SIGTERM ends them once their requests have ended.
"""

import atexit
import errno
import json
import logging
import os
import shutil
import socket
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from wrapped_assets.access.open import open_registry
from wrapped_assets.command import wrapped
from wrapped_assets.editions.open import open_published
from wrapped_assets.resources.errors import Refused
from wrapped_assets.serving.pages.theme import Theme
from wrapped_assets.settings import Settings
from wrapped_assets.text.terminal import errors, say

METRICS_FOLDER = "PROMETHEUS_MULTIPROC_DIR"
"""By which prometheus_client's processes find each other's numbers. It must be set before that is imported."""


class CannotListen(Refused):
    """Somebody listens there already, or nobody may."""

    def __init__(self, host: str, port: int, error: OSError) -> None:
        if error.errno == errno.EADDRINUSE:
            step = "stop what listens there, or choose another port with --port"
        elif error.errno in (errno.EACCES, errno.EPERM):
            step = "choose a port above 1023 with --port, or run it as a user who may take this one"
        else:
            step = "name an address of this machine with --host: 127.0.0.1, or 0.0.0.0 for all it has"
        super().__init__(
            f"The server did not start on {host}:{port}.\n"
            f"  The system said: {error.strerror or error}.\n  Next: {step}."
        )


def serve(settings: Settings, host: str, port: int, workers: int, log_access: bool) -> None:
    """Serve until SIGTERM or SIGINT."""
    _require_free(host, port)
    settings.secret()  # made once, before several workers could each make one
    theme = Theme.load(settings.theme)
    # A registry that does not answer is told here, where somebody reads it, and not by each worker.
    open_registry(settings).close()
    folder = Path(tempfile.mkdtemp(prefix="wrapped-serve-"))
    numbers = folder / "metrics"
    numbers.mkdir()
    os.environ[METRICS_FOLDER] = str(numbers)
    atexit.register(partial(_remove, folder, os.getpid()))
    _prepare_logging()
    from granian.constants import Interfaces
    from granian.server import Server

    # Imported here so that workers, which are forked, need not.
    import wrapped_assets.serving.assemble  # noqa: F401

    server = Server(
        "wrapped",
        address=host,
        port=port,
        workers=workers,
        interface=Interfaces.ASGI,
        websockets=False,
        log_enabled=False,
        backlog=2048,
        respawn_failed_workers=True,
        respawn_interval=1.0,
        workers_kill_timeout=30,
    )
    server.on_startup(partial(_tell, settings, host, port, workers))
    public_url = settings.public_url or _address(host, port)
    load = partial(_load, settings, folder, public_url, log_access, theme)
    try:
        server.serve(target_loader=load, wrap_loader=False)
    finally:
        # Its formatter keeps this module, and with it DuckDB's, beyond the interpreter's end; DuckDB then prints fifty lines of leaks.
        logging.getLogger().handlers.clear()


def _tell(settings: Settings, host: str, port: int, workers: int) -> None:
    """Say where it listens, and why it would answer nothing."""
    count = f"{workers} worker{'s' if workers > 1 else ''}"
    say(errors, f"Serving on {_address(host, port)} with {count}.")
    # A bucket is not asked: what its client opens here would not survive the fork.
    if settings.published_url.startswith("file://") and not open_published(settings).years():
        make = f"`{wrapped('publish --year Y')}`, then `{wrapped('promote --year Y')}`"
        say(
            errors,
            f"Nothing is promoted below {settings.published_url}: pages answer 404, endpoints 503. Next: {make}",
        )


def _load(
    settings: Settings, folder: Path, public_url: str, log_access: bool, theme: Theme
) -> Callable[..., Any]:
    """The application, in the worker."""
    from wrapped_assets.serving.assemble import application

    own = folder / f"worker-{os.getpid()}"
    own.mkdir(exist_ok=True)
    return application(settings, own, public_url, folder, log_access, theme)


def _address(host: str, port: int) -> str:
    """Where this machine reaches what listens there."""
    everywhere = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}  # noqa: S104 - read, not bound
    near = everywhere.get(host, f"[{host}]" if ":" in host else host)
    return f"http://{near}:{port}"


def _remove(folder: Path, owner: int) -> None:
    # A forked worker inherits this; only the parent may do it.
    if os.getpid() == owner:
        shutil.rmtree(folder, ignore_errors=True)


def _require_free(host: str, port: int) -> None:
    """granian shares a port with a process that listens there already: half of the requests would go to it."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind((host, port))
        except OSError as error:
            raise CannotListen(host, port, error) from None


class _JsonLines(logging.Formatter):
    """Library logs in the same form as ours; of an exception its class alone, since its text may quote anything."""

    def format(self, record: logging.LogRecord) -> str:
        fields = {
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage()[:500],
        }
        if record.exc_info and record.exc_info[0]:
            fields["problem"] = record.exc_info[0].__name__
        return json.dumps(fields)


def _prepare_logging() -> None:
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(_JsonLines())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
