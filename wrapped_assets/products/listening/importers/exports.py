"""The files of an export, whether they came as a zip, in a folder or one by one, and the JSON in them. Nothing is unpacked to disk."""

import io
import json
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TextIO

from wrapped_assets.resources.errors import Refused

_PIECE = 1 << 16
_LONGEST = 1 << 20
_BETWEEN = re.compile(r"[\s,]*")


class NotAnExport(Refused):
    """A file that is not what its service exports; nothing was imported."""

    def __init__(self, place: str, seen: str, then: str) -> None:
        super().__init__(f"Nothing was imported, because of {place}.\n  {seen}\n  Next: {then}")


@dataclass(frozen=True)
class Member:
    """One file of an export. `place` is what messages call it."""

    place: str
    open: Callable[[], Any]

    @contextmanager
    def text(self) -> Iterator[TextIO]:
        """Its text, decompressed as it is read."""
        try:
            with self.open() as stream, io.TextIOWrapper(stream, "utf-8-sig", newline="") as text:
                yield text
        except UnicodeDecodeError as error:
            raise self.refused(f"It is not UTF-8: {error.reason}.") from None
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
            raise self.refused(f"It cannot be decompressed: {error}.") from None

    def refused(self, seen: str, where: str = "") -> NotAnExport:
        """The error of this file, at a line of it."""
        then = "download the export again and give the file as it came."
        return NotAnExport(f"{self.place}{where}", seen, then)


def members(paths: Sequence[Path], wanted: re.Pattern[str], holds: str) -> Iterator[Member]:
    """The files to read: those that are given by name, and of zips and folders those whose name is `wanted`.

    Raises NotAnExport for a path that is not there, or a zip or folder without any such file.
    """
    for path in paths:
        found = False
        for member in _below(path, wanted):
            found = True
            yield member
        if not found:
            raise NotAnExport(
                str(path),
                f"It holds none of {holds}.",
                "give the zip as it was downloaded, its folder, or its files.",
            )


def _below(path: Path, wanted: re.Pattern[str]) -> Iterator[Member]:
    if path.is_dir():
        for each in sorted(path.rglob("*")):
            if each.suffix.lower() == ".zip":
                yield from _zipped(each, wanted)
            elif wanted.search(each.as_posix()) and not each.name.startswith(".") and each.is_file():
                yield Member(str(each), partial(each.open, "rb"))
    elif path.suffix.lower() == ".zip":
        yield from _zipped(path, wanted)
    else:
        try:
            path.open("rb").close()
        except OSError as error:
            raise NotAnExport(
                str(path), f"It cannot be read: {error.strerror}.", "correct the path."
            ) from None
        yield Member(str(path), partial(path.open, "rb"))


def _zipped(path: Path, wanted: re.Pattern[str]) -> Iterator[Member]:
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError) as error:
        raise NotAnExport(
            str(path), f"It is no zip that can be read: {error}.", "download it again."
        ) from None
    with archive:
        for info in sorted(archive.infolist(), key=lambda each: each.filename):
            hidden = info.filename.startswith("__MACOSX/") or "/." in f"/{info.filename}"
            if hidden or info.is_dir() or not wanted.search(info.filename):
                continue
            place = f"{path}, {info.filename}"
            if info.flag_bits & 1:
                raise NotAnExport(place, "It is encrypted.", "unpack the zip and give its folder.")
            yield Member(place, partial(archive.open, info))


def elements(member: Member) -> Iterator[tuple[str, Any]]:
    """Each element of a JSON array with its place, read piece by piece: the array may be larger than memory."""
    decoder, number, line = json.JSONDecoder(), 0, 1
    with member.text() as text:
        buffer = text.read(_PIECE).lstrip()
        if not buffer.startswith("["):
            raise member.refused("It is no JSON array.", ", line 1")
        position = 1
        while True:
            between = _BETWEEN.match(buffer, position)
            position = between.end() if between else position
            if buffer.startswith("]", position):
                return
            try:
                value, position = decoder.raw_decode(buffer, position)
            except (ValueError, RecursionError) as error:
                piece = text.read(_PIECE) if len(buffer) - position < _LONGEST else ""
                if not piece:
                    at = line + (error.lineno - 1 if isinstance(error, json.JSONDecodeError) else 0)
                    raise member.refused(
                        f"Its JSON is broken or ends after element {number}.", f", line {at}"
                    ) from None
                line += buffer.count("\n", 0, position)
                buffer, position = buffer[position:] + piece, 0
                continue
            number += 1
            yield f"element {number}", value


def json_lines(member: Member) -> Iterator[tuple[str, Any]]:
    """What each line says with its place; None where a line is no JSON."""
    with member.text() as text:
        for number, line in enumerate(iter(partial(text.readline, _LONGEST), ""), 1):
            if not line.strip():
                continue
            try:
                value = json.loads(line)
            except (ValueError, RecursionError):
                value = None
            yield f"line {number}", value
