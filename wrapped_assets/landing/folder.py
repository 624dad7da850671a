"""A landing store in a folder: walking it, telling versions apart, adding files. The rules are those of `store`.

No path below the folder stops a walk: what cannot be a landing file is skipped, and told with the reason.
A link is followed where it leads, also to another disk, but not to a folder that it lies in, nor behind another link.
"""

import os
import re
import shutil
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from wrapped_assets.landing import layout
from wrapped_assets.landing.objects import Found, LandingObject, Problem, Skip, landing_object

CHUNK_BYTES = 1024 * 1024
# DuckDB expands these in a path even inside a list: `d[1].parquet` would open `d1.parquet`.
_GLOB = re.compile(r"[*?\[\]{}]")


@dataclass(frozen=True)
class Folder:
    """The folder of a `file://` store."""

    root: Path

    @property
    def in_place(self) -> Path:
        """The folder itself: files are given as they lie there."""
        return self.root

    def exists(self) -> bool:
        """Whether there is a folder."""
        return self.root.is_dir()

    def require(self) -> None:
        """FileNotFoundError when there is none."""
        os.stat(self.root)

    def names(self, prefix: str, skip: Skip) -> Iterator[Found]:
        """What lies directly below a prefix, which is empty or ends in "/"; nothing when there is no such folder."""
        return self._inside(prefix.rstrip("/"), skip, self._is_behind_link(prefix), deep=False)

    def files(self, prefix: str, skip: Skip) -> Iterator[Found]:
        """Every file below a prefix, at any depth, in no order."""
        return self._inside(prefix.rstrip("/"), skip, self._is_behind_link(prefix), deep=True)

    def file(self, key: str) -> Found | None:
        """The present version of one file; None when it is not there."""
        try:
            found = os.stat(self.root / key)
        except OSError:
            return None
        return _file(key, found) if stat.S_ISREG(found.st_mode) else None

    def bring(self, item: LandingObject, target: Path, apart: bool, spare_refused: bool) -> Path | Problem:
        """Exactly this version, in place: never write to it.

        At `target` is a link to it when its path holds glob characters, or a copy when a link leads to it and the reader
        is set `apart`: locked into the folder and that of the target.
        """
        found = self.file(item.key)
        if found is None or landing_object(found) != item:
            return Problem.CHANGED if found else Problem.VANISHED
        path = self.root / item.key
        if not os.access(path, os.R_OK):
            return Problem.REFUSED
        if apart and not path.resolve().is_relative_to(self.root.resolve()):
            return _copied(path, target)
        if not _GLOB.search(str(path)):
            return path
        target.symlink_to(path)
        return target

    def put_new(self, key: str, path: Path) -> Found:
        """A copy that appears whole or not at all, and is on the disk by then; FileExistsError when the key is taken."""
        target = self.root / key
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
        return _file(key, os.stat(target))

    def _is_behind_link(self, prefix: str) -> bool:
        """Whether a link leads to a prefix below the root."""
        ends = [place for place, letter in enumerate(prefix) if letter == "/"]
        return any(os.path.islink(f"{self.root}/{prefix[:end]}") for end in ends)

    def _above(self, prefix: str) -> set[tuple[int, int]]:
        """The folders that a prefix lies in, and its own, by device and inode."""
        parts, root = prefix.split("/"), self.root.resolve()
        below = [self.root.joinpath(*parts[: depth + 1]) for depth in range(len(parts))]
        return set[tuple[int, int]]().union(*map(_ids, (*root.parents, root, *below)))

    def _inside(self, prefix: str, skip: Skip, behind_link: bool, deep: bool) -> Iterator[Found]:
        try:
            with os.scandir(os.path.join(self.root, prefix)) as listing:
                entries = list(listing)
        except (FileNotFoundError, NotADirectoryError):
            return
        except OSError as error:
            if not prefix:
                raise
            skip(f"{prefix}/", _refusal(error))
            return
        for entry in entries:
            key = f"{prefix}/{entry.name}" if prefix else entry.name
            if layout.is_leftover(entry.name):
                continue
            if reason := layout.unusable(entry.name):
                skip(layout.printable(key), reason)
                continue
            seen = _seen(entry, key, skip)
            if seen is None:
                continue
            if stat.S_ISREG(seen.st_mode):
                yield _file(key, seen)
            elif entry.is_symlink() and (behind_link or _id(seen) in self._above(prefix)):
                skip(key, "is a link to a folder that it lies in, or behind another link")
            elif deep:
                yield from self._inside(key, skip, behind_link or entry.is_symlink(), deep)
            else:
                yield Found(key, is_folder=True)


def _seen(entry: os.DirEntry[str], key: str, skip: Skip) -> os.stat_result | None:
    """What the entry is, or leads to, when that is a file or a folder."""
    try:
        seen = entry.stat()
    except FileNotFoundError:
        if entry.is_symlink():  # else it went since the folder was read
            skip(key, "is a link to nothing")
        return None
    except OSError as error:
        skip(key, _refusal(error))
        return None
    if stat.S_ISREG(seen.st_mode) or stat.S_ISDIR(seen.st_mode):
        return seen
    skip(key, "is neither a file nor a folder")
    return None


def _file(key: str, seen: os.stat_result) -> Found:
    # As obstore writes it, because ledgers hold such etags: times before 1970 are 0.
    written = max(0, seen.st_mtime_ns // 1000)
    return Found(key, False, f'"{seen.st_ino:x}-{written:x}-{seen.st_size:x}"', seen.st_size)


def _copied(path: Path, target: Path) -> Path | Problem:
    try:
        shutil.copyfile(path, target)
    except FileNotFoundError:
        return Problem.VANISHED
    return target


def _id(seen: os.stat_result) -> tuple[int, int]:
    return seen.st_dev, seen.st_ino


def _ids(path: Path) -> set[tuple[int, int]]:
    try:
        return {_id(os.stat(path))}
    except OSError:
        return set()


def _refusal(error: OSError) -> str:
    return f"cannot be read: {(error.strerror or str(error)).lower()}"
