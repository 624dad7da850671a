"""The objects of a bucket, as a landing store lists them. The rules are those of `store`.

obstore refuses a whole page of a listing for one name that it cannot say. S3 is then asked by boto3, which can; that costs
seconds to import, and more for each name. Of Google Cloud Storage the rest of that listing is skipped, and told.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar
from uuid import uuid4

import obstore
from obstore.exceptions import BaseError, InvalidPathError, PermissionDeniedError, PreconditionError
from obstore.store import GCSStore, S3Store

from wrapped_assets.landing import layout
from wrapped_assets.landing.objects import Found, LandingObject, Problem, Skip, landing_object

if TYPE_CHECKING:
    from obstore import ObjectMeta

# Of a long listing; other threads wait while so many become Python's.
FILES_AT_ONCE = 200
# obstore reads the whole of a put-if-absent into memory; larger files are staged in parts.
WHOLE_PUT_BYTES = 16 * 1024 * 1024
CHUNK_BYTES = 1024 * 1024
# What a server says of one object, and would say again; 401, 408 and 429 are about the client.
_ABOUT_THE_OBJECT = re.compile(r"status code: 4(?!01|08|29)\d\d")

ListAnyName = Callable[[str, str, bool], Iterator[Found]]
"""Lists what is below a prefix and after a key, at any depth or not, whatever the names are."""


@dataclass(frozen=True)
class Bucket:
    """The bucket and prefix of an `s3://` or `gs://` store."""

    objects: S3Store | GCSStore
    list_any_name: ListAnyName | None

    in_place: ClassVar[None] = None
    """Objects are spooled."""

    def exists(self) -> bool:
        """As far as anybody knows without asking."""
        return True

    def require(self) -> None:
        """An error when the bucket is not there or does not answer."""
        obstore.list_with_delimiter(self.objects, "_is_it_there")

    def names(self, prefix: str, skip: Skip) -> Iterator[Found]:
        """What lies directly below a prefix, which is empty or ends in "/"."""
        try:
            listing = obstore.list_with_delimiter(self.objects, prefix or None)
        except InvalidPathError as error:
            yield from self._despite(error, prefix, "", False, skip)
            return
        yield from (Found(folder, is_folder=True) for folder in listing["common_prefixes"])
        yield from (found_of(item) for item in listing["objects"])

    def files(self, prefix: str, skip: Skip) -> Iterator[Found]:
        """Every object below a prefix, in the order of the server."""
        last = ""
        try:
            for page in obstore.list(self.objects, prefix, chunk_size=FILES_AT_ONCE):
                for item in page:
                    yield found_of(item)
                last = page[-1]["path"] if page else last
        except InvalidPathError as error:
            yield from self._despite(error, prefix, last, True, skip)

    def bring(self, item: LandingObject, target: Path, apart: bool, spare_refused: bool) -> Path | Problem:
        """Exactly this version, spooled to `target`. That the server refuses it is an error, or with `spare_refused` a problem of the file."""
        with target.open("wb") as spool:
            try:
                result = obstore.get(self.objects, item.key, options={"if_match": item.etag})
                # Some servers ignore If-Match. obstore resumes a broken download, under the same etag only.
                if landing_object(found_of(result.meta)) != item:
                    return Problem.CHANGED
                for chunk in result.stream(CHUNK_BYTES):
                    spool.write(chunk)
            except PreconditionError:
                return Problem.CHANGED
            except FileNotFoundError:
                return Problem.VANISHED
            except PermissionDeniedError as error:
                if "InvalidObjectState" in str(error):  # a lifecycle rule moved it to cold storage
                    return Problem.ARCHIVED
                if not spare_refused:
                    raise
                return Problem.REFUSED
            except BaseError as error:
                # A key that decrypts it is disabled, a rule of the bucket forbids it: S3 has 400 for these.
                if not spare_refused or not _ABOUT_THE_OBJECT.search(str(error)):
                    raise
                return Problem.REFUSED
        return target

    def put_new(self, key: str, path: Path) -> Found:
        """A large file is staged beside the key under a name that ends in `.tmp`."""
        if path.stat().st_size > WHOLE_PUT_BYTES:
            self._put_staged(key, path)
        else:
            obstore.put(self.objects, key, path, mode="create")
        return found_of(obstore.head(self.objects, key))

    def _put_staged(self, key: str, path: Path) -> None:
        staged = f"{key}.{uuid4().hex}.tmp"
        try:
            obstore.put(self.objects, staged, path)
            obstore.copy(self.objects, staged, key, overwrite=False)
        finally:
            obstore.delete(self.objects, staged)

    def _despite(
        self, error: InvalidPathError, prefix: str, after: str, deep: bool, skip: Skip
    ) -> Iterator[Found]:
        """What obstore did not list because of one name."""
        if self.list_any_name is None:
            named = re.search(r'[Pp]ath "(.*?)"', str(error), re.DOTALL)
            name = layout.printable(named[1]) if named else ""
            skip(
                prefix,
                f"cannot be listed to its end: it holds {name!r}, which {layout.unusable(name)}",
            )
            return
        for found in self.list_any_name(prefix, after, deep):
            if reason := layout.unusable(found.key):
                skip(layout.printable(found.key), reason)
            else:
                yield found


def found_of(meta: "ObjectMeta") -> Found:
    """One object as obstore describes it."""
    return Found(meta["path"], False, meta["e_tag"] or "", meta["size"])
