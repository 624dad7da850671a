"""obstore's functions on a simulated bucket: they count as requests, keep the protocol, and fail where a fault is planned."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import obstore
from obstore.exceptions import AlreadyExistsError, PreconditionError

from tests.simulation.bucket import Bucket, etag, failed, meta_of

PAGE = 4


class Listing:
    """What obstore.list gives: pages, or all of them at once."""

    def __init__(self, found: Iterator[dict[str, Any]]) -> None:
        self._found = found

    def collect(self) -> list[dict[str, Any]]:
        """Everything."""
        return list(self._found)

    def __iter__(self) -> Iterator[list[dict[str, Any]]]:
        while page := list(islice(self._found, PAGE)):
            yield page


class Answer:
    """What obstore.get gives."""

    def __init__(self, key: str, content: bytes, is_cut: bool) -> None:
        self.meta, self._content, self._is_cut = meta_of(key, content), content, is_cut

    def stream(self, size: int) -> Iterator[bytes]:
        """The content in two pieces; after the first the connection may break."""
        half = len(self._content) // 2
        yield self._content[:half]
        if self._is_cut:
            raise failed("cut")
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
        return {
            "common_prefixes": sorted(folders),
            "objects": [meta for meta, rest in rests if "/" not in rest],
        }

    @staticmethod
    def head(bucket: Bucket, key: str) -> dict[str, Any]:
        """As obstore.head."""
        fault = bucket.request("head")
        bucket.answered(fault)
        if key not in bucket.objects:
            raise FileNotFoundError(key)
        return meta_of(key, bucket.objects[key])

    @staticmethod
    def get(bucket: Bucket, key: str, options: dict[str, str] | None = None) -> Answer:
        """As obstore.get."""
        fault = bucket.request("get")
        if fault == "killed after":
            bucket.answered(fault)
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
            raise failed("cut")
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
