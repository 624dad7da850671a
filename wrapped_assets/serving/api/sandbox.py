"""`q`: a SELECT of the caller's over an answer, run in a process of its own that can be killed (sandbox_child)."""

import asyncio
import json
import os
import struct
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from wrapped_assets.serving.api.answers import Answer
from wrapped_assets.serving.api.formats import records
from wrapped_assets.serving.api.sandbox_child import READY
from wrapped_assets.serving.http.problems import Problem
from wrapped_assets.serving.optional import Additions

LONGEST_Q = 10_000
"""Characters."""

SECONDS = 2.0
START_SECONDS = 30.0
GRACE_SECONDS = 0.5
"""How long after its time a process may still take to say that it stopped, before it is killed."""

AT_ONCE = 2
"""Processes of one worker; further questions wait."""

WAIT_SECONDS = 5.0
"""For a turn; then a question is told to come again. With the time it may take it stays below the 10 seconds of a request."""

LARGEST_RESULT = 32 * 1024 * 1024
_LENGTH = struct.Struct(">I")


PARAMETER = {
    "name": "q",
    "in": "query",
    "description": "One SELECT over the result, which is the table `_`.",
    "schema": {"type": "string", "maxLength": LONGEST_Q},
}


def add_to(found: Additions) -> None:
    """The parameter `q` of every endpoint."""
    found.parameters.append(PARAMETER)
    Sandbox().add_to(found)


@dataclass
class Sandbox:
    """A few such processes, started when first needed."""

    seconds: float = SECONDS
    wait_seconds: float = WAIT_SECONDS
    _idle: list[asyncio.subprocess.Process] = field(default_factory=list)
    _places: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))

    def add_to(self, found: Additions) -> None:
        """Be a step of every answer."""
        found.pipes.steps["q"] = self.select
        found.closing.append(self.close)

    async def select(self, answer: Answer, q: str) -> Answer:
        """The rows of `q` over the answer, which cost what it did; 400 when it is refused, 408 when it takes too long, 503 when it gets no turn."""
        if len(q) > LONGEST_Q:
            raise Problem(400, f"q is longer than {LONGEST_Q:,} characters")
        question = {
            "q": q,
            "seconds": self.seconds,
            "columns": list(answer.columns),
            # As text, since DuckDB reads JSON numbers beyond 64 bits as floats.
            "rows": [list(record.values()) for record in records(answer, quote_64bit=True)],
        }
        reply = await self._ask(json.dumps(question).encode())
        if "refused" in reply:
            raise Problem(400, reply["refused"])
        if "timeout" in reply:
            raise self._too_long()
        columns = [(name, kind) for name, kind in reply["columns"]]
        return Answer(columns, [tuple(row) for row in reply["rows"]], answer.rows_read, answer.bytes_read)

    async def close(self) -> None:
        """End the processes."""
        while self._idle:
            await _kill(self._idle.pop())

    def _too_long(self) -> Problem:
        return Problem(408, f"q took longer than {self.seconds:g} seconds")

    async def _ask(self, question: bytes) -> dict[str, Any]:
        async with self._process() as process:
            assert process.stdin and process.stdout
            try:
                async with asyncio.timeout(self.seconds + GRACE_SECONDS):
                    process.stdin.write(_LENGTH.pack(len(question)) + question)
                    await process.stdin.drain()
                    (length,) = _LENGTH.unpack(await process.stdout.readexactly(_LENGTH.size))
                    if length > LARGEST_RESULT:
                        raise Problem(400, "q returns more than 32 MB")
                    reply: dict[str, Any] = json.loads(await process.stdout.readexactly(length))
                    return reply
            except TimeoutError:
                raise self._too_long() from None
            except (asyncio.IncompleteReadError, ConnectionError):
                raise Problem(400, "q needs more memory or nests deeper than it may") from None

    @asynccontextmanager
    async def _process(self) -> AsyncIterator[asyncio.subprocess.Process]:
        """A process that is waiting for a question; whatever goes wrong with it, no other question meets it."""
        await self._wait_for_a_place()
        try:
            process = self._idle.pop() if self._idle else await _start()
            try:
                yield process
            except BaseException:
                await _kill(process)
                raise
            self._idle.append(process)
        finally:
            self._places.release()

    async def _wait_for_a_place(self) -> None:
        try:
            async with asyncio.timeout(self.wait_seconds):
                await self._places.acquire()
        except TimeoutError:
            raise Problem(503, "Too many q are running just now", {"Retry-After": "2"}) from None


async def _start() -> asyncio.subprocess.Process:
    """A process that says that it is ready: what its imports take is nobody's time."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "wrapped_assets.serving.api.sandbox_child",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        # Nothing of ours: no secret, no address, no folder. Its modules are found as ours were.
        cwd="/",
        env={"PYTHONPATH": ":".join(map(os.path.abspath, sys.path))},
    )
    assert process.stdout
    try:
        async with asyncio.timeout(START_SECONDS):
            await process.stdout.readexactly(len(READY))
    except BaseException as error:
        await _kill(process)
        if isinstance(error, TimeoutError | asyncio.IncompleteReadError):
            raise Problem(503, "q cannot be run just now", {"Retry-After": "5"}) from None
        raise
    return process


async def _kill(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        process.kill()
    await process.wait()
