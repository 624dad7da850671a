"""The landing store: immutable files by key, in a folder or a bucket, exactly as they were listed.

One class over obstore, for `file://`, `s3://` and `gs://` alike, without Dagster. It lists, brings files
near, tells what became of them, and adds new ones. What a key means is `wrapped_assets.landing.layout`; what has been
imported is the warehouse's ledger; what is in a file is nobody's business here.

No name stops a listing: what cannot be a landing file is skipped, and told beside the objects with the reason.

Versions. An etag names the bytes under a key. Buckets make it; for a folder it is made of inode, modification time in microseconds and size, so a file replaced by another, or written again, gets a new one
whatever its size. Only a rewrite in place, of equal size, with the old time put back or within one tick of
the file system's clock, would be missed. A folder restored from a backup has new etags throughout: its files
count as changed, and are imported again.
"""

import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, partial
from itertools import islice
from pathlib import Path
from typing import Any, Self, TypeVar
from urllib.parse import unquote, urlsplit

from obstore.exceptions import AlreadyExistsError, BaseError

from wrapped_assets.landing import layout, s3
from wrapped_assets.landing.bucket import FILES_AT_ONCE, Bucket
from wrapped_assets.landing.folder import Folder
from wrapped_assets.landing.objects import (
    DayFolders,
    Fetched,
    Found,
    LandingObject,
    Listing,
    Names,
    Problem,
    landing_object,
)
from wrapped_assets.landing.urls import refusal

AT_ONCE = 8
_In = TypeVar("_In")
_Out = TypeVar("_Out")


class LandingStoreError(Exception):
    """The store as a whole did not work: nothing can be said about any of its files."""

    def __init__(self, action: str, url: str, seen: str, then: str) -> None:
        super().__init__(action, url, seen, then)

    def __str__(self) -> str:
        action, url, seen, then = self.args
        return f"Could not {action} in {url}.\n  {seen}\n  Next: {then}"


class AlreadyThere(LandingStoreError):
    """A new object was not written, because its key is taken."""


@dataclass(frozen=True, eq=False)
class LandingStore:
    """A landing store by its URL. Pickles as URL, options and credentials; printed, it shows only the URL."""

    url: str
    options: Mapping[str, str] = field(default_factory=dict, repr=False)
    credentials: "s3.Credentials | None" = field(default=None, repr=False)

    @classmethod
    def open(
        cls,
        url: str,
        options: Mapping[str, str] | None = None,
        credentials: "s3.Credentials | None" = None,
    ) -> Self:
        """The store at `file:///folder`, `s3://bucket/prefix` or `gs://bucket/prefix`; asks no server yet.

        `options` have obstore's names, such as endpoint, region, access_key_id (`s3.OPTIONS`); `credentials`
        come from `s3.from_s3_resource`. A folder need not exist: nothing has landed there yet.
        """
        if refused := refusal(url):
            raise LandingStoreError("open the store", *refused)
        store = cls(url.rstrip("/"), dict(options or {}), credentials)
        store._place  # noqa: B018 - a wrong option is told here, not at the first listing
        return store

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.url, self.options, self.credentials)

    def exists(self) -> bool:
        """Whether there is a place to list; a bucket is not asked."""
        return self._place.exists()

    def top(self) -> Names:
        """What lies at the top of the store, except what writers keep for themselves."""
        return self._names("", "list the folders at the top")

    def days(self, family: str) -> DayFolders:
        """The days that have a folder, ascending: one request per thousand days, however many files."""
        prefix = layout.dimension_prefix(family)
        names = self._names(prefix, f"list the days of {family}")
        days = {folder: day for folder in names.folders if (day := layout.day_of_folder(folder))}
        others = (names.folders | names.files) - days.keys()
        strangers = {f"{prefix}{name}": "is no folder of a day, dt=YYYY-MM-DD" for name in others}
        return DayFolders(sorted(days.values()), strangers | names.skipped)

    def list_day(self, family: str, day: date) -> Listing:
        """Every file of one day by key, at any depth, except what writers keep for themselves.

        Those are `layout.is_leftover`. Misplaced files are listed: `layout.parse` knows no region for them.
        """
        return self._list(layout.day_prefix(family, day))

    def pages(self, family: str) -> Iterator[Listing]:
        """Every file of a family as the server lists them, some at a time: one request per thousand files, made when they are taken.

        What is left out is that of `list_day`. No order is promised, and a key may come twice.
        """
        return self._pages(layout.dimension_prefix(family))

    def list_dimension(self, name: str) -> Listing:
        """Every snapshot of one dimension by key, as `list_day`."""
        return self._list(layout.dimension_prefix(name))

    @contextmanager
    def fetch(
        self, objects: Iterable[LandingObject], below: Path | None = None, spare_refused: bool = False
    ) -> Iterator[Fetched]:
        """Exactly the listed versions as local files, until the `with` block ends.

        A server that refuses one file stops all of it: LandingStoreError. With `spare_refused` that file is a problem of its own.

        A folder's files are given in place: never write to them. A bucket's are spooled, several at a time,
        into a private temporary folder, made below `below` when that is given: so is then a file outside that a link leads to,
        for a reader that is locked into both folders. No path holds glob characters.
        """
        wanted = list(objects)
        with tempfile.TemporaryDirectory(prefix="wrapped-landing-", dir=below) as folder:
            targets = [Path(folder) / f"{number:06}.parquet" for number in range(len(wanted))]
            with self._explained("fetch files"):
                brought = _at_once(
                    lambda pair: self._place.bring(*pair, below is not None, spare_refused),
                    list(zip(wanted, targets, strict=True)),
                )
            if Problem.VANISHED in brought:
                # Only from a store that is there: an unmounted disk has lost nothing.
                with self._explained("find files"):
                    self._place.require()
            outcomes = {item.key: outcome for item, outcome in zip(wanted, brought, strict=True)}
            yield Fetched(
                {key: outcome for key, outcome in outcomes.items() if isinstance(outcome, Path)},
                {key: outcome for key, outcome in outcomes.items() if isinstance(outcome, Problem)},
            )

    @property
    def in_place(self) -> Path | None:
        """The folder that a `file://` store gives its files in; None for a bucket, whose files are spooled."""
        return self._place.in_place

    def put_new(self, key: str, path: Path) -> LandingObject:
        """Add a file under a key that is not taken; readers see all of it or nothing, also after a crash.

        A bucket's large uploads are staged beside the key under a name that ends in `.tmp`. A crash leaves
        that behind and nobody reads it: a lifecycle rule may remove those and unfinished uploads.
        """
        if layout.parse(key) is None:
            raise ValueError(f"not a key of the landing layout: {key!r}")
        with self._explained(f"write {key}"):
            return landing_object(self._place.put_new(key, path))

    @cached_property
    def _place(self) -> Folder | Bucket:
        """Where the files are: the one place that knows of which kind the store is."""
        if self.url.startswith("file:"):
            if self.options or self.credentials:
                then = "leave them out, or use s3://."
                raise LandingStoreError("use options", self.url, "A folder takes none.", then)
            return Folder(Path(unquote(urlsplit(self.url).path)))
        with self._explained("open the store"):
            try:
                objects = s3.open_bucket(self.url, self.options, self.credentials)
            except ValueError as error:
                then = "correct WRAPPED_LANDING_URL or the options."
                raise LandingStoreError("open the store", self.url, f"It has {error}.", then) from None
        is_s3 = self.url.startswith("s3:")
        lister = partial(s3.list_any_name, self.url, self.options, self.credentials) if is_s3 else None
        return Bucket(objects, lister)

    def _names(self, prefix: str, action: str) -> Names:
        """The names of the folders and of the files directly below a prefix."""
        names = Names()
        if not self._place.exists():
            return names
        with self._explained(action):
            for found in self._place.names(prefix, names.skip):
                name = found.key.rpartition("/")[2]
                if found.is_folder and not layout.is_leftover(name):
                    names.folders.add(name)
                elif not found.is_folder and _is_file(found):
                    names.files.add(name)
        return names

    def _list(self, prefix: str) -> Listing:
        # No server is trusted to list in order, nor to name a key only once.
        whole: dict[str, LandingObject] = {}
        skipped: dict[str, str] = {}
        for page in self._pages(prefix):
            whole |= {item.key: item for item in page.objects}
            skipped |= page.skipped
        return Listing([whole[key] for key in sorted(whole)], skipped)

    def _pages(self, prefix: str) -> Iterator[Listing]:
        if not self._place.exists():
            return
        page = Listing()
        # It tells `page`, which is another one after each that is handed out.
        files = self._place.files(prefix, lambda place, reason: page.skip(place, reason))
        while True:
            with self._explained(f"list {prefix}"):
                found = list(islice(files, FILES_AT_ONCE))
                page.objects = [landing_object(each) for each in found if _is_file(each)]
            if page.objects or page.skipped:
                yield page
            if len(found) < FILES_AT_ONCE:
                return
            page = Listing()

    @contextmanager
    def _explained(self, action: str) -> Iterator[None]:
        """Turn obstore's errors into one without secrets; drop the original, which may hold some."""
        try:
            yield
        except (AlreadyExistsError, FileExistsError):
            seen = "Its key is taken, and landing files are never changed."
            raise AlreadyThere(action, self.url, seen, "export again, under a new name.") from None
        except (BaseError, FileNotFoundError, PermissionError) as error:
            whose = partial(s3.whose_key, self.options, self.credentials)
            raise LandingStoreError(action, self.url, *s3.diagnose(str(error), whose=whose)) from None


def _is_file(found: Found) -> bool:
    """Whether this is no writer's own file and no marker of a folder: consoles put an empty `region=eu/`, obstore drops the last slash."""
    name = found.key.rpartition("/")[2]
    is_marker = found.size == 0 and ("." not in name or name.startswith(("dt=", "region=")))
    return not is_marker and not layout.is_leftover(found.key)


def _at_once(work: Callable[[_In], _Out], items: Sequence[_In]) -> list[_Out]:
    """What `work` makes of each item, several at a time; the first failure cancels what has not begun."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(work, items))
