"""An S3 bucket in memory, with obstore's functions, and whatever goes wrong on the way to one.

It keeps the protocol: puts that fail when the key is taken, reads that fail unless the etag is the expected one, listings in pages
between which the bucket may change. Faults are those that remain after obstore has tried again by itself.
"""

import hashlib
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import obstore
from obstore.exceptions import AlreadyExistsError, GenericError, PreconditionError

from tests.simulation.faults import Faults, StoreFault

PAGE = 4
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
    """Objects by key, and what was there after each of the latest changes."""

    objects: dict[str, bytes] = field(default_factory=dict)
    faults: Faults = field(default_factory=Faults)
    dice: random.Random = field(default_factory=lambda: random.Random(0))
    before: list[dict[str, bytes]] = field(default_factory=list)

    def request(self, kinds: str) -> StoreFault | None:
        """Count a request: a `kinds` of "list", "get", "put". Raises what fails before anything is done."""
        fault = self.faults.next_request()
        if fault == "killed before":
            self.faults.die("before")
        if fault in ("timeout", "500", "503", "throttled"):
            raise _failed(fault)
        if fault == "lost answer" and kinds != "put":
            raise _failed(fault)
        return fault

    def answered(self, fault: StoreFault | None) -> None:
        """It is done; the answer may still be lost, and so may the process."""
        if fault == "killed after":
            self.faults.die("after")
        if fault == "lost answer":
            raise _failed(fault)

    def set(self, key: str, content: bytes | None) -> None:
        """Change an object without any request: what writers do that are not simulated."""
        self.before = [*self.before[-5:], dict(self.objects)]
        if content is None:
            self.objects.pop(key, None)
        else:
            self.objects[key] = content

    def listed(self, prefix: str, fault: StoreFault | None) -> Iterator[dict[str, Any]]:
        """The objects below a prefix, as a listing with this fault shows them."""
        shown = self.dice.choice(self.before) if fault == "stale" and self.before else self.objects
        metas = [_meta(key, shown[key]) for key in sorted(shown) if key.startswith(prefix)]
        if fault == "partial":
            metas = [meta for meta in metas if self.dice.random() < 0.5]
        if fault == "disordered":
            metas = self.dice.sample(metas, len(metas)) + metas[:1]
        for number, meta in enumerate(metas):
            if fault == "cut" and number == len(metas) // 2:
                raise _failed("cut")
            yield meta


def etag(content: bytes) -> str:
    """As S3 makes it: the same bytes have the same etag."""
    return f'"{hashlib.md5(content, usedforsecurity=False).hexdigest()}"'


def _meta(key: str, content: bytes) -> dict[str, Any]:
    moment = datetime(2025, 1, 1, tzinfo=UTC)
    return {"path": key, "e_tag": etag(content), "size": len(content), "last_modified": moment, "version": None}


def _failed(fault: StoreFault) -> GenericError:
    return GenericError(f"Generic S3 error: Error performing request, after 5 retries: {STATUS[fault]}")


class Listing:
    """What obstore.list gives: pages, or all of them at once."""

    def __init__(self, found: Iterator[dict[str, Any]]) -> None:
        self._found = found

    def collect(self) -> list[dict[str, Any]]:
        """Everything."""
        return list(self._found)

    def __iter__(self) -> Iterator[list[dict[str, Any]]]:
        everything = list(self._found)
        yield from (everything[start : start + PAGE] for start in range(0, len(everything), PAGE))


class Answer:
    """What obstore.get gives."""

    def __init__(self, key: str, content: bytes, is_cut: bool) -> None:
        self.meta, self._content, self._is_cut = _meta(key, content), content, is_cut

    def stream(self, size: int) -> Iterator[bytes]:
        """The content in two pieces; after the first the connection may break."""
        half = len(self._content) // 2
        yield self._content[:half]
        if self._is_cut:
            raise _failed("cut")
        yield self._content[half:]

    def bytes(self) -> "Answer":
        """The whole content, with `to_bytes`."""
        return self

    def to_bytes(self) -> Any:
        """The whole content."""
        return b"".join(self.stream(0))


class Obstore:
    """Stands where the module `obstore` is used: for a `Bucket` these functions, for any other store obstore's own."""

    def __getattr__(self, name: str) -> Any:
        ours, theirs = getattr(Requests, name, None), getattr(obstore, name)
        if ours is None:
            return theirs
        return lambda store, *args, **kw: (ours if isinstance(store, Bucket) else theirs)(store, *args, **kw)


class Requests:
    """obstore's functions on a `Bucket`."""

    @staticmethod
    def list(bucket: Bucket, prefix: str, chunk_size: int = 50) -> Listing:
        """As obstore.list."""
        return Listing(bucket.listed(prefix, bucket.request("list")))

    @staticmethod
    def list_with_delimiter(bucket: Bucket, prefix: str | None) -> dict[str, Any]:
        """As obstore.list_with_delimiter."""
        below = f"{prefix.rstrip('/')}/" if prefix else ""
        found = list(bucket.listed(below, bucket.request("list")))
        rests = [(meta, meta["path"].removeprefix(below)) for meta in found]
        folders = {below + rest.split("/")[0] for _, rest in rests if "/" in rest}
        return {"common_prefixes": sorted(folders), "objects": [meta for meta, rest in rests if "/" not in rest]}

    @staticmethod
    def head(bucket: Bucket, key: str) -> dict[str, Any]:
        """As obstore.head."""
        bucket.request("get")
        if key not in bucket.objects:
            raise FileNotFoundError(key)
        return _meta(key, bucket.objects[key])

    @staticmethod
    def get(bucket: Bucket, key: str, options: dict[str, str] | None = None) -> Answer:
        """As obstore.get."""
        fault = bucket.request("get")
        if key not in bucket.objects:
            raise FileNotFoundError(key)
        content = bucket.objects[key]
        if options and options["if_match"] != etag(content):
            raise PreconditionError("status code: 412: <Code>PreconditionFailed</Code>")
        return Answer(key, content, fault == "cut")

    @staticmethod
    def put(bucket: Bucket, key: str, file: Path | bytes, mode: str = "overwrite") -> None:
        """As obstore.put. After a lost answer obstore asks again, and finds its own object there."""
        fault = bucket.request("put")
        content = file.read_bytes() if isinstance(file, Path) else bytes(file)
        if mode == "create" and key in bucket.objects:
            raise AlreadyExistsError("status code: 412: <Code>PreconditionFailed</Code>")
        if fault == "cut":
            raise _failed("cut")
        bucket.set(key, content)
        if fault == "lost answer" and mode == "create" and bucket.dice.random() < 0.5:
            raise AlreadyExistsError("status code: 412: <Code>PreconditionFailed</Code>")
        bucket.answered(fault)

    @staticmethod
    def copy(bucket: Bucket, source: str, target: str, overwrite: bool = True) -> None:
        """As obstore.copy."""
        fault = bucket.request("put")
        if not overwrite and target in bucket.objects:
            raise AlreadyExistsError("status code: 412: <Code>PreconditionFailed</Code>")
        bucket.set(target, bucket.objects[source])
        bucket.answered(fault)

    @staticmethod
    def delete(bucket: Bucket, key: str) -> None:
        """As obstore.delete."""
        fault = bucket.request("put")
        bucket.set(key, None)
        bucket.answered(fault)
