"""A world's application behind a real port, for clients that are not ours."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from tests.api_world import World
from tests.ports import free_port


@contextmanager
def listening(made: World) -> Iterator[str]:
    """Its address, while it listens."""
    port = free_port()
    config = uvicorn.Config(
        made.app, host="127.0.0.1", port=port, log_level="critical", ws="none", lifespan="on", loop="asyncio"
    )
    started = threading.Event()

    class Telling(uvicorn.Server):
        """Tells when it listens."""

        async def startup(self, sockets: object = None) -> None:
            await super().startup()
            started.set()

    server = Telling(config)
    thread = threading.Thread(target=lambda: asyncio.run(server.serve()), daemon=True)
    thread.start()
    assert started.wait(20)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(20)
