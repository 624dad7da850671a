"""The published store: objects by key in a folder or a bucket, with the one conditional write that publishing needs.

Two kinds of object. Content lies under a version that nobody reads yet, so it may be written in any way. Decisions (who has
a number, the marker, the pointer) are created: whole or not at all, and by one of all who try.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Protocol
from urllib.parse import unquote, urlsplit

from wrapped_assets.editions.errors import StoreFailed
from wrapped_assets.resources.store_urls import refusal

if TYPE_CHECKING:
    from wrapped_assets.resources.s3 import Credentials


class Store(Protocol):
    """What the publisher and the reader ask of a place. Every method raises StoreFailed when the place does not work."""

    @property
    def url(self) -> str:
        """Where it is, without credentials."""
        ...

    @property
    def at_once(self) -> int:
        """How many writes are worth making at the same time."""
        ...

    def read(self, key: str) -> bytes | None:
        """The whole object; None when there is none."""
        ...

    def write(self, key: str, content: bytes) -> None:
        """Write content that nobody reads yet."""
        ...

    def write_file(self, key: str, path: Path) -> None:
        """The same for a file of any size."""
        ...

    def create(self, key: str, content: bytes) -> bool:
        """Write an object that is not there yet, whole or not at all; False when the key is taken by other content."""
        ...

    def fetch(self, key: str, target: Path) -> Path | None:
        """The object as a local file that is only read: `target`, or where it already is; None when there is none."""
        ...

    def names(self, folder: str) -> set[str]:
        """The names of the folders and objects directly below a folder."""
        ...

    def sizes(self, folder: str) -> Iterator[tuple[str, int]]:
        """Every object below a folder: its key inside it, and its bytes."""
        ...

    def settle(self) -> None:
        """Make sure that what was written outlives a power failure."""
        ...


def open_store(
    url: str, options: Mapping[str, str] | None = None, credentials: "Credentials | None" = None
) -> Store:
    """The store at `file:///folder`, `s3://bucket/prefix` or `gs://bucket/prefix`; asks no server yet."""
    if refused := refusal(url):
        raise StoreFailed("open the published store", *refused)
    if url.startswith("file:"):
        from wrapped_assets.editions.folder import FolderStore

        return FolderStore(Path(unquote(urlsplit(url).path)))
    from wrapped_assets.editions.bucket import BucketStore

    return BucketStore(url.rstrip("/"), options or {}, credentials)
