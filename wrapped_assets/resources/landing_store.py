"""The landing store: immutable files by key, in a folder or a bucket, exactly as they were listed.

One class over obstore, for `file://`, `s3://` and `gs://` alike, without Dagster. It lists, brings files
near, tells what became of them, and adds new ones. What a key means is `wrapped_assets.layout`; what has been
imported is the warehouse's ledger; what is in a file is nobody's business here.

Versions. An etag names the bytes under a key. Buckets make it; for a folder obstore makes it of inode,
modification time in microseconds and size, so a file replaced by another, or written again, gets a new one
whatever its size. Only a rewrite in place, of equal size, with the old time put back or within one tick of
the file system's clock, would be missed. A folder restored from a backup has new etags throughout: its files
count as changed, and are imported again.
"""

import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TypeVar
from urllib.parse import unquote, urlsplit
from uuid import uuid4

import obstore
from obstore.exceptions import (
    AlreadyExistsError,
    BaseError,
    InvalidPathError,
    PermissionDeniedError,
    PreconditionError,
)
from obstore.store import GCSStore, LocalStore, S3Store

from wrapped_assets import layout
from wrapped_assets.resources import s3

if TYPE_CHECKING:
    from obstore import ObjectMeta

AT_ONCE = 8
# obstore reads the whole of a put-if-absent into memory; larger files are staged in parts.
WHOLE_PUT_BYTES = 16 * 1024 * 1024
CHUNK_BYTES = 1024 * 1024
# Of a long listing; other threads wait while so many become Python's.
FILES_AT_ONCE = 200
# DuckDB expands these in a path even inside a list: `d[1].parquet` would open `d1.parquet`.
_GLOB = re.compile(r"[*?\[\]{}]")
# What a server says of one object, and would say again; 401, 408 and 429 are about whoever asks.
_ABOUT_THE_OBJECT = re.compile(r"status code: 4(?!01|08|29)\d\d")

_In = TypeVar("_In")
_Out = TypeVar("_Out")


class LandingStoreError(Exception):
    """The store as a whole did not work: nothing can be said about any of its files."""

    def __init__(self, action: str, url: str, seen: str, then: str) -> None:
        super().__init__(action, url, seen, then)

    def __str__(self) -> str:
        action, url, seen, then = self.args
        return f"Could not {action} in {url}.\n  {seen}\n  Next: {then}"


class UnreadableName(LandingStoreError):
    """A folder holds a name that cannot be a key, so it cannot be listed; other folders can."""


class AlreadyThere(LandingStoreError):
    """A new object was not written, because its key is taken."""


class Problem(StrEnum):
    """Why a listed object could not be brought."""

    CHANGED = "changed"
    VANISHED = "vanished"
    ARCHIVED = "archived"
    REFUSED = "refused"


@dataclass(frozen=True, order=True)
class LandingObject:
    """One version of one file."""

    key: str
    etag: str
    size: int


@dataclass(frozen=True)
class DayFolders:
    """The days of a family, and the names beside them: folders and files that no import will ever look at."""

    days: list[date]
    strangers: list[str]


@dataclass(frozen=True)
class Fetched:
    """Where the files of a fetch are while it lasts, and why the others are not there."""

    paths: dict[str, Path]
    problems: dict[str, Problem]


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
        _check_url(url)
        store = cls(url.rstrip("/"), dict(options or {}), credentials)
        if store._folder is None:
            store._objects  # noqa: B018 - a wrong option is told here, not at the first listing
        elif options or credentials:
            then = "leave them out, or use s3://."
            raise LandingStoreError("use options", url, "A folder takes none.", then)
        return store

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.url, self.options, self.credentials)

    def exists(self) -> bool:
        """Whether there is a place to list; a bucket is not asked."""
        return not self._nothing_yet()

    def top(self) -> tuple[set[str], set[str]]:
        """The folders and the files at the top of the store, except what writers keep for themselves."""
        return self._names(None, "list the folders at the top")

    def days(self, family: str) -> DayFolders:
        """The days that have a folder, ascending: one request per thousand days, however many files."""
        folders, files = self._names(layout.dimension_prefix(family), f"list the days of {family}")
        days = {folder: day for folder in folders if (day := layout.day_of_folder(folder))}
        return DayFolders(sorted(days.values()), sorted((folders | files) - days.keys()))

    def list_day(self, family: str, day: date) -> list[LandingObject]:
        """Every file of one day by key, at any depth, except what writers keep for themselves.

        Those are `layout.is_leftover`. Misplaced files are listed: `layout.parse` knows no region for them.
        """
        return self._list(layout.day_prefix(family, day))

    def pages(self, family: str) -> Iterator[list[LandingObject]]:
        """Every file of a family as the server lists them, some at a time: one request per thousand files, made when they are taken.

        What is left out is that of `list_day`. No order is promised, and a key may come twice.
        """
        if self._nothing_yet():
            return
        prefix = layout.dimension_prefix(family)
        with self._explained(f"list {prefix}"):
            for page in obstore.list(self._objects, prefix, chunk_size=FILES_AT_ONCE):
                yield _files_of(page)

    def list_dimension(self, name: str) -> list[LandingObject]:
        """Every snapshot of one dimension by key, as `list_day`."""
        return self._list(layout.dimension_prefix(name))

    @contextmanager
    def fetch(
        self, objects: Iterable[LandingObject], below: Path | None = None, spare_refused: bool = False
    ) -> Iterator[Fetched]:
        """Exactly the listed versions as local files, until the `with` block ends.

        A server that refuses one file stops all of it: LandingStoreError. With `spare_refused` that file is a problem of its own.

        A folder's files are given in place: never write to them. A bucket's are spooled, several at a time,
        into a private temporary folder, made below `below` when that is given. No path holds glob characters.
        """
        wanted = list(objects)
        bring = partial(self._spooled, spare_refused) if self._folder is None else self._in_place
        with tempfile.TemporaryDirectory(prefix="wrapped-landing-", dir=below) as folder:
            targets = [Path(folder) / f"{number:06}.parquet" for number in range(len(wanted))]
            with self._explained("fetch files"):
                brought = _at_once(lambda pair: bring(*pair), list(zip(wanted, targets, strict=True)))
            if Problem.VANISHED in brought:
                self._require_store()
            outcomes = {item.key: outcome for item, outcome in zip(wanted, brought, strict=True)}
            yield Fetched(
                {key: outcome for key, outcome in outcomes.items() if isinstance(outcome, Path)},
                {key: outcome for key, outcome in outcomes.items() if isinstance(outcome, Problem)},
            )

    @property
    def in_place(self) -> Path | None:
        """The folder that a `file://` store gives its files in; None for a bucket, whose files are spooled."""
        return self._folder

    def put_new(self, key: str, path: Path) -> LandingObject:
        """Add a file under a key that is not taken; readers see all of it or nothing, also after a crash.

        A bucket's large uploads are staged beside the key under a name that ends in `.tmp`. A crash leaves
        that behind and nobody reads it: a lifecycle rule may remove those and unfinished uploads.
        """
        if layout.parse(key) is None:
            raise ValueError(f"not a key of the landing layout: {key!r}")
        is_large = path.stat().st_size > WHOLE_PUT_BYTES
        with self._explained(f"write {key}"):
            if self._folder is not None:
                _put_in_folder(self._folder / key, path)
            elif is_large:
                self._put_staged(key, path)
            else:
                obstore.put(self._objects, key, path, mode="create")
            return _object(obstore.head(self._objects, key))

    @cached_property
    def _folder(self) -> Path | None:
        """The folder of a `file://` store, None for a bucket."""
        return Path(unquote(urlsplit(self.url).path)) if self.url.startswith("file:") else None

    @cached_property
    def _objects(self) -> LocalStore | S3Store | GCSStore:
        with self._explained("open the store"):
            if self._folder is not None:
                return LocalStore(self._folder)
            try:
                return s3.open_bucket(self.url, self.options, self.credentials)
            except ValueError as error:
                then = "correct WRAPPED_LANDING_URL or the options."
                raise LandingStoreError("open the store", self.url, f"It has {error}.", then) from None

    def _nothing_yet(self) -> bool:
        return self._folder is not None and not self._folder.is_dir()

    def _names(self, prefix: str | None, action: str) -> tuple[set[str], set[str]]:
        """The names of the folders and of the files directly below a prefix."""
        if self._nothing_yet():
            return set(), set()
        with self._explained(action):
            listing = obstore.list_with_delimiter(self._objects, prefix)
        folders = {below.rpartition("/")[2] for below in listing["common_prefixes"]}
        files = {item["path"].rpartition("/")[2] for item in listing["objects"] if not _is_marker(item)}
        return (
            {name for name in folders if not layout.is_leftover(name)},
            {name for name in files if not layout.is_leftover(name)},
        )

    def _list(self, prefix: str) -> list[LandingObject]:
        if self._nothing_yet():
            return []
        with self._explained(f"list {prefix}"):
            listing = obstore.list(self._objects, prefix).collect()
        # No server is trusted to list in order, nor to name a key only once.
        return sorted({item.key: item for item in _files_of(listing)}.values())

    def _head(self, key: str) -> LandingObject | None:
        try:
            return _object(obstore.head(self._objects, key))
        except FileNotFoundError:
            return None

    def _in_place(self, item: LandingObject, link: Path) -> Path | Problem:
        found = self._head(item.key)
        if found != item or self._folder is None:
            return Problem.CHANGED if found else Problem.VANISHED
        path = self._folder / item.key
        if not _GLOB.search(str(path)):
            return path
        link.symlink_to(path)
        return link

    def _spooled(self, spare_refused: bool, item: LandingObject, target: Path) -> Path | Problem:
        with target.open("wb") as spool:
            try:
                result = obstore.get(self._objects, item.key, options={"if_match": item.etag})
                # Some servers ignore If-Match. obstore resumes a broken download, under the same etag only.
                if _object(result.meta) != item:
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

    def _put_staged(self, key: str, path: Path) -> None:
        staged = f"{key}.{uuid4().hex}.tmp"
        try:
            obstore.put(self._objects, staged, path)
            obstore.copy(self._objects, staged, key, overwrite=False)
        finally:
            obstore.delete(self._objects, staged)

    def _require_store(self) -> None:
        """A file can only have vanished from a store that is there: an unmounted disk has lost nothing."""
        with self._explained("find files"):
            if self._folder is not None:
                LocalStore(self._folder)
            else:
                obstore.list_with_delimiter(self._objects, "_is_it_there")

    @contextmanager
    def _explained(self, action: str) -> Iterator[None]:
        """Turn obstore's errors into one without secrets; drop the original, which may hold some."""
        try:
            yield
        except (AlreadyExistsError, FileExistsError):
            seen = "Its key is taken, and landing files are never changed."
            raise AlreadyThere(action, self.url, seen, "export again, under a new name.") from None
        except InvalidPathError as error:
            name = re.search(r'[Pp]ath "(.*?)"', str(error), re.DOTALL)
            seen = f"It holds a name that cannot be a key: {name[1] if name else ''!r}."
            raise UnreadableName(action, self.url, seen, "rename or remove that object.") from None
        except (BaseError, FileNotFoundError) as error:
            whose = partial(s3.whose_key, self.options, self.credentials)
            raise LandingStoreError(action, self.url, *s3.diagnose(str(error), whose=whose)) from None


def _object(meta: "ObjectMeta") -> LandingObject:
    if not meta["e_tag"]:
        raise BaseError("the store gives no etag")
    return LandingObject(meta["path"], meta["e_tag"], meta["size"])


def _files_of(listing: Iterable["ObjectMeta"]) -> list[LandingObject]:
    """A listing without what writers keep for themselves."""
    return [
        _object(item) for item in listing if not layout.is_leftover(item["path"]) and not _is_marker(item)
    ]


def _is_marker(meta: "ObjectMeta") -> bool:
    """Whether this stands for a folder: consoles put an empty `region=eu/`, obstore drops the last slash."""
    name = meta["path"].rpartition("/")[2]
    return meta["size"] == 0 and ("." not in name or name.startswith(("dt=", "region=")))


def _at_once(work: Callable[[_In], _Out], items: Sequence[_In]) -> list[_Out]:
    """What `work` makes of each item, several at a time; the first failure cancels what has not begun."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(work, items))


def _put_in_folder(target: Path, path: Path) -> None:
    """A copy that appears whole or not at all. obstore would hold it in memory, and not flush it to disk."""
    target.parent.mkdir(parents=True, exist_ok=True)
    staged = target.with_name(f".{uuid4().hex}.tmp")
    try:
        with path.open("rb") as source, staged.open("xb") as copy:
            shutil.copyfileobj(source, copy, CHUNK_BYTES)
            copy.flush()
            os.fsync(copy.fileno())
        os.link(staged, target)
    finally:
        staged.unlink(missing_ok=True)


def _check_url(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme == "file":
        names_a_place = parts.netloc in ("", "localhost") and parts.path.strip("/") != ""
    else:
        # A secret key often holds a "/", which ends the place of a user and a password.
        is_bucket = parts.netloc != "" and not {"@", ":"} & set(parts.netloc)
        names_a_place = parts.scheme in ("s3", "gs") and is_bucket
    if not names_a_place or parts.query or parts.fragment:
        # The URL may hold a password, so it is not repeated.
        shown, seen = f"{parts.scheme}://...", "Its URL cannot be used."
        forms = "file:///folder, s3://bucket/prefix or gs://bucket/prefix, without user, password, '?' or '#'"
        raise LandingStoreError("open the store", shown, seen, f"write {forms}.")
