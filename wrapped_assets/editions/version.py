"""One published version: a subject's document, and the snapshot that the API answers from."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from wrapped_assets.editions import index, object_keys
from wrapped_assets.editions.cache import Bounded
from wrapped_assets.editions.errors import Damaged
from wrapped_assets.editions.manifest import Manifest, digest, digest_of_file
from wrapped_assets.editions.store import Store

MEGABYTE = 1024 * 1024

_Found = TypeVar("_Found")


@dataclass(frozen=True, slots=True)
class Document:
    """What was published for a subject: the exact bytes, and their SHA-256 in hex."""

    content: bytes
    sha256: str


@dataclass(frozen=True)
class Caches:
    """What one process keeps of what it read, all years and versions together."""

    documents: Bounded[tuple[int, int, str], Document] = field(default_factory=lambda: Bounded(64 * MEGABYTE))
    pieces: Bounded[tuple[int, int, str], bytes] = field(default_factory=lambda: Bounded(32 * MEGABYTE))


@dataclass(frozen=True)
class Version:
    """One complete version of a year. It never changes."""

    manifest: Manifest
    manifest_sha256: str
    """Of the manifest's bytes as they are stored, which may say more than is read here."""

    store: Store = field(repr=False)
    caches: Caches = field(default_factory=Caches, repr=False)

    @property
    def year(self) -> int:
        """The year it is about."""
        return self.manifest.year

    @property
    def number(self) -> int:
        """Its number among the versions of the year."""
        return self.manifest.number

    @property
    def has_snapshot(self) -> bool:
        """Whether it holds what the API answers from; False for a frozen edition that rows came too late for before it was published."""
        return self.manifest.snapshot is not None

    @property
    def snapshot_sha256(self) -> str:
        """The SHA-256 of the serving snapshot, in hex; empty when it has none."""
        return self.manifest.snapshot.sha256 if self.manifest.snapshot else ""

    def document(self, subject: str) -> Document | None:
        """The document of a subject; None when the edition has none. At most two small gets, none when it was read lately."""
        key = (self.year, self.number, subject)
        held = self.caches.documents.get(key)
        if held is None and (held := self._read(subject)) is not None:
            self.caches.documents.put(key, held, len(held.content))
        return held

    def entry(self, subject: str, kind: str = index.DOCUMENT) -> tuple[str, int] | None:
        """The SHA-256 and the bytes of a subject's content, without reading it."""
        if not index.is_subject(subject):
            return None
        return index.find(self._piece(index.piece_of(subject, self.manifest.index.digits)), subject, kind)

    def entries(self) -> Iterator[index.Entry]:
        """Everything that the index names, piece by piece."""
        for number in range(16**self.manifest.index.digits):
            yield from index.entries(self._get(index.key_of(number, self.manifest.index.digits)))

    def fetch_snapshot(self, folder: Path) -> Path:
        """The serving snapshot as a local file that is what the manifest says; read it, never write to it.

        From a bucket it is brought into `folder` once, under a name of its own; a folder's is given in place.
        Raises Damaged when it is gone or is another file, or when the version has none.
        """
        expected = self.manifest.snapshot
        if expected is None:
            raise Damaged(self._named(), "It was published without a serving snapshot.")
        target = folder / f"{self.year}-v{self.number}-{expected.sha256[:12]}.duckdb"
        if not target.exists():
            folder.mkdir(parents=True, exist_ok=True)
            target = self._require(
                object_keys.SNAPSHOT, self.store.fetch(self._key(object_keys.SNAPSHOT), target)
            )
        seen = digest_of_file(target)
        if seen != expected.sha256:
            raise Damaged(
                f"{self._named()}, {object_keys.SNAPSHOT}",
                f"Its SHA-256 is {seen}, expected {expected.sha256}.",
            )
        return target

    def _read(self, subject: str) -> Document | None:
        found = self.entry(subject)
        if found is None:
            return None
        sha256, _ = found
        content = self._get(object_keys.document(sha256))
        if digest(content) != sha256:
            raise Damaged(
                f"{self._named()}, {object_keys.document(sha256)}",
                "Its bytes are not those that its name says.",
            )
        return Document(content, sha256)

    def _piece(self, name: str) -> bytes:
        key = (self.year, self.number, name)
        held = self.caches.pieces.get(key)
        if held is None:
            held = self._get(name)
            self.caches.pieces.put(key, held, len(held))
        return held

    def _get(self, name: str) -> bytes:
        return self._require(name, self.store.read(self._key(name)))

    def _key(self, name: str) -> str:
        return f"{object_keys.version(self.year, self.number)}/{name}"

    def _require(self, name: str, found: _Found | None) -> _Found:
        if found is None:
            raise Damaged(f"{self._named()}, {name}", "It is not there.")
        return found

    def _named(self) -> str:
        return f"Version {self.number} of {self.year}"
