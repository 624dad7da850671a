"""An S3 bucket in memory, and whatever goes wrong on the way to one.

`requests.py` has the functions that the project calls. Faults are those that remain after obstore has tried again by itself.
"""

import hashlib
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from obstore.exceptions import GenericError

from tests.simulation.faults import Faults, Request, StoreFault

STATUS = {
    "timeout": "error sending request: operation timed out",
    "500": "Server returned non-2xx status code: 500: <Code>InternalError</Code>",
    "503": "Server returned non-2xx status code: 503: <Code>ServiceUnavailable</Code>",
    "throttled": "Server returned non-2xx status code: 503: <Code>SlowDown</Code>",
    "cut": "error decoding response body: connection closed before message completed",
    "lost answer": "error sending request: connection reset by peer",
}


@dataclass
class Bucket:
    """Objects by key, and what was there before each of the latest changes."""

    objects: dict[str, bytes] = field(default_factory=dict)
    faults: Faults = field(default_factory=Faults)
    dice: random.Random = field(default_factory=lambda: random.Random(0))
    before: list[dict[str, bytes]] = field(default_factory=list)

    def request(self, kind: Request) -> StoreFault | None:
        """Count a request. Raises what fails before anything is done."""
        fault = self.faults.next_request(kind)
        if fault == "killed before":
            self.faults.die()
        if fault in ("timeout", "500", "503", "throttled"):
            raise failed(fault)
        if fault == "lost answer" and kind != "put":
            raise failed(fault)
        return fault

    def answered(self, fault: StoreFault | None) -> None:
        """It is done; the answer may still be lost, and so may the process."""
        if fault == "killed after":
            self.faults.die()
        if fault == "lost answer":
            raise failed(fault)

    def set(self, key: str, content: bytes | None) -> None:
        """Change an object."""
        self.before = [*self.before[-5:], dict(self.objects)]
        if content is None:
            self.objects.pop(key, None)
        else:
            self.objects[key] = content

    def listed(self, prefix: str, fault: StoreFault | None) -> Iterator[dict[str, Any]]:
        """The objects below a prefix, as a listing with this fault shows them."""
        shown = self.dice.choice(self.before) if fault == "stale" and self.before else self.objects
        metas = [meta_of(key, shown[key]) for key in sorted(shown) if key.startswith(prefix)]
        if fault == "partial":
            metas = [meta for meta in metas if self.dice.random() < 0.5]
        if fault == "disordered":
            metas = self.dice.sample(metas, len(metas)) + metas[:1]
        for number, meta in enumerate(metas):
            if fault == "cut" and number == len(metas) // 2:
                raise failed("cut")
            yield meta
        self.answered(fault)


def etag(content: bytes) -> str:
    """As S3 makes it: the same bytes have the same etag."""
    return f'"{hashlib.md5(content, usedforsecurity=False).hexdigest()}"'


def meta_of(key: str, content: bytes) -> dict[str, Any]:
    moment = datetime(2025, 1, 1, tzinfo=UTC)
    return {
        "path": key,
        "e_tag": etag(content),
        "size": len(content),
        "last_modified": moment,
        "version": None,
    }


def failed(fault: StoreFault) -> GenericError:
    return GenericError(f"Generic S3 error: Error performing request, after 5 retries: {STATUS[fault]}")
