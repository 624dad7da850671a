"""What a landing store says of files: where they are, which version, what became of them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from hashlib import md5
from pathlib import Path

from obstore.exceptions import BaseError

Skip = Callable[[str, str], None]
"""Told of a place that is skipped, and why."""


@dataclass(frozen=True)
class Found:
    """A file or a folder by its key."""

    key: str
    is_folder: bool
    etag: str = ""
    size: int = 0


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


@dataclass
class Listing:
    """Files by key, and the places that were skipped, each with the reason."""

    objects: list[LandingObject] = field(default_factory=list)
    skipped: dict[str, str] = field(default_factory=dict)

    def skip(self, place: str, reason: str) -> None:
        self.skipped[place] = reason


@dataclass
class Names:
    """The folders and files directly below a place, by name, and the places that were skipped, each with the reason."""

    folders: set[str] = field(default_factory=set)
    files: set[str] = field(default_factory=set)
    skipped: dict[str, str] = field(default_factory=dict)

    def skip(self, place: str, reason: str) -> None:
        self.skipped[place] = reason


@dataclass(frozen=True)
class DayFolders:
    """The days of a family, and what lies beside them and is not imported: place by place, with the reason."""

    days: list[date]
    skipped: dict[str, str]


@dataclass(frozen=True)
class Fetched:
    """Where the files of a fetch are while it lasts, and why the others are not there."""

    paths: dict[str, Path]
    problems: dict[str, Problem]


def mark_of(files: Iterable[LandingObject]) -> int:
    """Says which versions of which files these are, in any order: `sql/duckdb/serving/fresh/marks.sql` says the same of a ledger."""
    texts = (f"{file.key}\t{file.etag}".encode() for file in files)
    return sum(int.from_bytes(md5(text, usedforsecurity=False).digest()[8:], "little") for text in texts)


def landing_object(found: Found) -> LandingObject:
    """The version that was found."""
    if not found.etag:
        raise BaseError("the store gives no etag")
    return LandingObject(found.key, found.etag, found.size)
