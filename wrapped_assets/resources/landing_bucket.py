"""The objects of a bucket, as a landing store lists them. The rules are those of `landing_store`.

obstore refuses a whole page of a listing for one name that it cannot say. S3 is then asked by boto3, which can; that costs
seconds to import, and more for each name. Of Google Cloud Storage the rest of that listing is skipped, and told.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import obstore
from obstore.exceptions import InvalidPathError
from obstore.store import GCSStore, S3Store

from wrapped_assets import landing_layout
from wrapped_assets.resources.landing_folder import Found, Skip

if TYPE_CHECKING:
    from obstore import ObjectMeta

# Of a long listing; other threads wait while so many become Python's.
FILES_AT_ONCE = 200

ListAnyName = Callable[[str, str, bool], Iterator[Found]]
"""Lists what is below a prefix and after a key, at any depth or not, whatever the names are."""


@dataclass(frozen=True)
class Bucket:
    """The bucket and prefix of an `s3://` or `gs://` store."""

    objects: S3Store | GCSStore
    list_any_name: ListAnyName | None

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

    def _despite(
        self, error: InvalidPathError, prefix: str, after: str, deep: bool, skip: Skip
    ) -> Iterator[Found]:
        """What obstore did not list because of one name."""
        if self.list_any_name is None:
            named = re.search(r'[Pp]ath "(.*?)"', str(error), re.DOTALL)
            name = landing_layout.printable(named[1]) if named else ""
            skip(
                prefix,
                f"cannot be listed to its end: it holds {name!r}, which {landing_layout.unusable(name)}",
            )
            return
        for found in self.list_any_name(prefix, after, deep):
            if reason := landing_layout.unusable(found.key):
                skip(landing_layout.printable(found.key), reason)
            else:
                yield found


def found_of(meta: "ObjectMeta") -> Found:
    """One object as obstore describes it."""
    return Found(meta["path"], False, meta["e_tag"] or "", meta["size"])
