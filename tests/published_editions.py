"""Small editions to publish, of subjects that are no organizations, and what a reader finds of them."""

import hashlib
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar
from uuid import uuid4

import pytest

from wrapped_assets.editions import CheckResult, Contents, Published, Publisher, Version
from wrapped_assets.editions.errors import StoreFailed
from wrapped_assets.editions.store import Store

Answer = TypeVar("Answer")

YEAR = 2025
NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
PASSED = CheckResult(asset="raw/plays", name="nothing_is_lost", result="passed")


def listeners(number: int, said: str = "listened") -> dict[str, bytes]:
    """Documents by subject."""
    return {f"listener-{n:04}": f'{{"listener":{n},"said":"{said}"}}'.encode() for n in range(number)}


@dataclass(frozen=True)
class Edition:
    """What there is to publish."""

    documents: Mapping[str, bytes]
    year: int = YEAR
    frozen: bool = False
    left_out: int = 0
    checks: Sequence[CheckResult] = (PASSED,)
    snapshot: bytes | None = b"what the API answers from"
    asked: list[list[str]] = field(default_factory=list)

    def contents(self) -> Contents:
        """The edition as the publisher takes it."""
        return Contents(
            year=self.year,
            through=NOW,
            generated_at=NOW,
            frozen=self.frozen,
            left_out=self.left_out,
            subjects=list(self.documents),
            documents=self._made,
            write_snapshot=None if self.snapshot is None else self._write_snapshot,
            totals=lambda: {"bytes": sum(map(len, self.documents.values()))},
            checks=lambda: self.checks,
        )

    def _made(self, subjects: Sequence[str]) -> Iterator[tuple[str, bytes]]:
        self.asked.append(list(subjects))
        return ((subject, self.documents[subject]) for subject in reversed(subjects))

    def _write_snapshot(self, path: Path, year: int) -> None:
        assert year == self.year and self.snapshot is not None
        path.write_bytes(self.snapshot)


def publish(store: Store, documents: Mapping[str, bytes], year: int = YEAR) -> int:
    """Publish these documents and promote them; the version's number."""
    publisher = Publisher(store)
    number = publisher.publish(Edition(documents, year).contents()).manifest.number
    publisher.promote(year, number)
    return number


def read_all(version: Version) -> dict[str, bytes]:
    """Every document of a version, found as a reader finds it; each under the name of its own bytes."""
    held = {}
    for entry in version.entries():
        found = version.document(entry.subject)
        assert found is not None
        assert found.sha256 == entry.sha256 == hashlib.sha256(found.content).hexdigest()
        assert len(found.content) == entry.size
        held[entry.subject] = found.content
    assert len(held) == version.manifest.documents.count
    return held


def seen_by_a_new_reader(
    store: Store, folder: Path, year: int = YEAR
) -> tuple[int, dict[str, bytes], bytes] | None:
    """The number, the documents and the snapshot that a reader who comes now finds; None when nothing is current."""
    version = Published(store).current(year)
    if version is None:
        return None
    return version.number, read_all(version), version.fetch_snapshot(folder).read_bytes()


@pytest.fixture(scope="module")
def the_s3_server() -> Iterator[str]:
    """An S3 server of a test module's own: `s3_server = the_s3_server`."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


def bucket(server: str) -> Store:
    """A bucket with nothing in it."""
    import boto3

    access = {"access_key_id": "test", "secret_access_key": "test", "region": "us-east-1"}
    name = f"published-{uuid4().hex}"
    boto3.client(
        "s3",
        endpoint_url=server,
        aws_access_key_id="test",
        aws_secret_access_key="test",
        region_name="us-east-1",
    ).create_bucket(Bucket=name)
    return Store(f"s3://{name}/wrapped", {"endpoint": server, **access})


class Counted(Store):
    """A store that says what it is asked for, and can be made to fail."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.url = store.url
        self.calls: list[str] = []
        self._counting = threading.Lock()
        self.away = False
        self.before_each: Callable[[str], None] | None = None
        self._fatal: tuple[int, str] = (0, "never")

    def fail_at(self, place: int, when: str) -> None:
        """Fail at the call with this number, `before` it does anything or `after` it did."""
        self._fatal = (len(self.calls) + place, when)

    def read(self, key: str) -> bytes | None:
        """The call of the store behind."""
        return self._passed(f"read {key}", lambda: self.store.read(key))

    def write(self, key: str, content: bytes | Path) -> None:
        """The call of the store behind."""
        self._passed(f"write {key}", lambda: self.store.write(key, content))

    def create(self, key: str, content: bytes) -> bool:
        """The call of the store behind."""
        return self._passed(f"create {key}", lambda: self.store.create(key, content))

    def fetch(self, key: str, target: Path) -> Path | None:
        """The call of the store behind."""
        return self._passed(f"fetch {key}", lambda: self.store.fetch(key, target))

    def names(self, folder: str) -> set[str]:
        """The call of the store behind."""
        return self._passed(f"names {folder}", lambda: self.store.names(folder))

    def sizes(self, folder: str) -> Iterator[tuple[str, int]]:
        """The call of the store behind."""
        return self._passed(f"sizes {folder}", lambda: self.store.sizes(folder))

    def flush(self) -> None:
        """The call of the store behind."""
        self._passed("flush", self.store.flush)

    def _passed(self, call: str, answer: Callable[[], Answer]) -> Answer:
        with self._counting:
            self.calls.append(call)
            number = len(self.calls)
        if self.away or self._fatal == (number, "before"):
            raise StoreFailed("answer", self.url, "It is away.", "wait.")
        if self.before_each:
            self.before_each(call)
        answered = answer()
        if self._fatal == (number, "after"):
            raise StoreFailed("answer", self.url, "Its answer was lost.", "wait.")
        return answered
