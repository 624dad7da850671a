"""The published store in a bucket, through obstore."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError, PreconditionError

from wrapped_assets.editions.errors import StoreFailed
from wrapped_assets.resources import s3

if TYPE_CHECKING:
    from wrapped_assets.resources.s3 import Credentials

CHUNK_BYTES = 1024 * 1024


class BucketStore:
    """Objects in a bucket. The server must know `If-None-Match: *`, as S3, GCS, MinIO and SeaweedFS do."""

    at_once = 32
    """A put waits for the server most of its time."""

    def __init__(self, url: str, options: Mapping[str, str], credentials: "Credentials | None") -> None:
        self.url = url
        self._whose = partial(s3.whose_key, options, credentials)
        with self._explained("open the published store"):
            try:
                self._objects = s3.open_bucket(url, options, credentials)
            except ValueError as error:
                then = "correct WRAPPED_PUBLISHED_URL or the options."
                raise StoreFailed("open the published store", url, f"It has {error}.", then) from None

    def read(self, key: str) -> bytes | None:
        """The whole object; None when there is none."""
        try:
            with self._explained(f"read {key}"):
                return obstore.get(self._objects, key).bytes().to_bytes()
        except FileNotFoundError:
            return None

    def write(self, key: str, content: bytes) -> None:
        """Write content that nobody reads yet."""
        with self._explained(f"write {key}"):
            obstore.put(self._objects, key, content)

    def write_file(self, key: str, path: Path) -> None:
        """The same for a file of any size."""
        with self._explained(f"write {key}"):
            obstore.put(self._objects, key, path)

    def create(self, key: str, content: bytes) -> bool:
        """Write an object that is not there yet; False when the key is taken by other content.

        An answer that got lost makes obstore ask again, and then the key is taken by ourselves.
        """
        with self._explained(f"write {key}"):
            try:
                obstore.put(self._objects, key, content, mode="create")
            except (AlreadyExistsError, PreconditionError):
                return self.read(key) == content
            return True

    def fetch(self, key: str, target: Path) -> Path | None:
        """The object as a local file, which appears whole or not at all."""
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
        with self._explained(f"list {folder}"):
            listing = obstore.list_with_delimiter(self._objects, f"{folder}/")
        below = [*listing["common_prefixes"], *(item["path"] for item in listing["objects"])]
        return {path.rpartition("/")[2] for path in below}

    def sizes(self, folder: str) -> Iterator[tuple[str, int]]:
        """Every object below a folder: its key inside it, and its bytes."""
        with self._explained(f"list {folder}"):
            for page in obstore.list(self._objects, f"{folder}/", chunk_size=1000):
                for item in page:
                    yield item["path"].removeprefix(f"{folder}/"), item["size"]

    def settle(self) -> None:
        """A bucket has kept what it said it has."""

    @contextmanager
    def _explained(self, action: str) -> Iterator[None]:
        """Turn obstore's errors into one without secrets, and drop the original, which may hold some.

        A FileNotFoundError passes, for the caller to judge, unless it is the bucket that is not there.
        """
        try:
            yield
        except (BaseError, FileNotFoundError) as error:
            if isinstance(error, FileNotFoundError) and "NoSuchBucket" not in str(error):
                raise
            seen, then = s3.diagnose(str(error), "WRAPPED_PUBLISHED_URL", self._whose)
            raise StoreFailed(action, self.url, seen, then) from None
