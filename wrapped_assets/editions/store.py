"""The published store: objects by key in a folder or a bucket, with the one conditional write that publishing needs.

Two kinds of object. Content lies under a version that nobody reads yet, so it may be written in any way. Decisions (who has
a number, the marker, the pointer) are created: whole or not at all, and by one of all who try. A bucket's server must know
`If-None-Match: *`, as S3, GCS, MinIO and SeaweedFS do.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit
from uuid import uuid4

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError, PreconditionError
from obstore.store import LocalStore

from wrapped_assets.editions.errors import StoreFailed
from wrapped_assets.landing import s3
from wrapped_assets.landing.urls import refusal

if TYPE_CHECKING:
    from obstore.store import GCSStore, S3Store

    from wrapped_assets.landing.s3 import Credentials

CHUNK_BYTES = 1024 * 1024


class Store:
    """A store by its URL; asks no server yet. Every method raises StoreFailed when the place does not work."""

    def __init__(
        self, url: str, options: Mapping[str, str] | None = None, credentials: "Credentials | None" = None
    ) -> None:
        if refused := refusal(url):
            raise StoreFailed("open the published store", *refused)
        self.url = url.rstrip("/")
        self._folder = Path(unquote(urlsplit(url).path)) if url.startswith("file:") else None
        self._access = options or {}, credentials
        if self._folder is None:
            self._objects  # noqa: B018 - a wrong option is told here, not at the first look

    @cached_property
    def _objects(self) -> "LocalStore | S3Store | GCSStore":
        with self._explained("open the published store"):
            if self._folder is not None:
                return LocalStore(self._folder, mkdir=True)
            try:
                return s3.open_bucket(self.url, *self._access)
            except ValueError as error:
                then = "correct WRAPPED_PUBLISHED_URL or the options."
                raise StoreFailed("open the published store", self.url, f"It has {error}.", then) from None

    def read(self, key: str) -> bytes | None:
        """The whole object; None when there is none."""
        try:
            with self._explained(f"read {key}"):
                # Not through obstore, whose client would not survive the fork of a server's workers.
                if self._folder is not None:
                    return (self._folder / key).read_bytes()
                return obstore.get(self._objects, key).bytes().to_bytes()
        except FileNotFoundError:
            return None

    def write(self, key: str, content: bytes | Path) -> None:
        """Write content that nobody reads yet, or a file of any size."""
        with self._explained(f"write {key}"):
            obstore.put(self._objects, key, content)

    def create(self, key: str, content: bytes) -> bool:
        """Write an object that is not there yet, whole or not at all; False when the key is taken by other content.

        An answer that got lost makes obstore ask again, and then the key is taken by ourselves.
        """
        with self._explained(f"write {key}"):
            try:
                if self._folder is None:
                    obstore.put(self._objects, key, content, mode="create")
                else:
                    _link_new(self._folder / key, content)
            except (AlreadyExistsError, PreconditionError, FileExistsError):
                return self.read(key) == content
            return True

    def fetch(self, key: str, target: Path) -> Path | None:
        """The object as a local file that is only read: `target`, which appears whole or not at all, or where it already is."""
        if self._folder is not None:
            place = self._folder / key
            return place if place.is_file() else None
        staged = target.with_name(f".{target.name}.{uuid4().hex}")
        try:
            with self._explained(f"read {key}"), staged.open("xb") as file:
                for chunk in obstore.get(self._objects, key).stream(CHUNK_BYTES):
                    file.write(chunk)
            return staged.replace(target)
        except FileNotFoundError:
            return None
        finally:
            staged.unlink(missing_ok=True)

    def names(self, folder: str) -> set[str]:
        """The names of the folders and objects directly below a folder."""
        try:
            with self._explained(f"list {folder}"):
                if self._folder is not None:
                    return {name for name in os.listdir(self._folder / folder) if not name.startswith(".")}
                listing = obstore.list_with_delimiter(self._objects, f"{folder}/")
        except FileNotFoundError:
            return set()
        below = [*listing["common_prefixes"], *(item["path"] for item in listing["objects"])]
        return {name for path in below if not (name := path.rpartition("/")[2]).startswith(".")}

    def sizes(self, folder: str) -> Iterator[tuple[str, int]]:
        """Every object below a folder: its key inside it, and its bytes. Hidden ones are what a killed process left in a folder."""
        if self._folder is not None and not self._folder.is_dir():
            return
        with self._explained(f"list {folder}"):
            for page in obstore.list(self._objects, f"{folder}/", chunk_size=1000):
                for item in page:
                    if "/." not in item["path"]:
                        yield item["path"].removeprefix(f"{folder}/"), item["size"]

    def flush(self) -> None:
        """Make sure that what was written outlives a power failure: once for all, file by file it takes minutes."""
        if self._folder is not None:
            os.sync()

    @contextmanager
    def _explained(self, action: str) -> Iterator[None]:
        """Turn obstore's errors into one without secrets, and drop the original, which may hold some.

        A FileNotFoundError passes, for the caller to judge, unless it is the bucket that is not there.
        """
        try:
            yield
        except (BaseError, OSError) as error:
            if isinstance(error, FileNotFoundError) and "NoSuchBucket" not in str(error):
                raise
            whose = partial(s3.whose_key, *self._access)
            raise StoreFailed(
                action, self.url, *s3.diagnose(str(error), "WRAPPED_PUBLISHED_URL", whose)
            ) from None


def _link_new(target: Path, content: bytes) -> None:
    """A file that is on the disk before its name is; FileExistsError when there is one."""
    target.parent.mkdir(parents=True, exist_ok=True)
    staged = target.with_name(f".{uuid4().hex}")
    try:
        with staged.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.link(staged, target)
    finally:
        staged.unlink(missing_ok=True)
    names = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(names)
    finally:
        os.close(names)
