"""Last.fm's scrobbles as CSV. Last.fm exports none itself, so these are the shapes that the common tools write:

- `artist,album,title,31 Dec 2024 23:59` without a header (lastfm-to-csv),
- `uts,utc_time,artist,artist_mbid,album,album_mbid,track,track_mbid` (ghan.nl),
- `Artist;Album;AlbumId;Track;Date#name`, milliseconds (lastfmstats.com),
- `,Username,Artist,Track,Album,Date,Time` and others with a header that names artist, track and date.

A scrobble has no duration. Last.fm makes one of a track that was heard for half its length, or for four minutes.
"""

import csv
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import chain
from typing import Any

from wrapped_assets.products.listening.importers.exports import Member
from wrapped_assets.products.listening.importers.plays import (
    MALFORMED,
    NO_TRACK,
    Played,
    instant,
    mbid,
    text_of,
    whole,
)

FILES = re.compile(r"\.csv$", re.IGNORECASE)
HOLDS = "*.csv"
ASK = "export the scrobbles as CSV, with the columns artist, album, title and date."
NO_DATE = "no date (playing at the time)"

_NAMES = {
    "artist": ("artist", "artist_name", "artist name"),
    "title": ("track", "title", "track_name", "track name", "song", "name"),
    "at": ("uts", "timestamp", "unix", "date", "utc_time", "datetime", "played_at"),
    "time": ("time",),
    "artist_mbid": ("artist_mbid",),
    "track_mbid": ("track_mbid",),
}
_BARE = {"artist": 0, "title": 2, "at": 3}
_FORMATS = ("%d %b %Y %H:%M", "%d %b %Y %H:%M:%S")


def rows(member: Member) -> Iterator[tuple[str, Any]]:
    """Each line by the names above."""
    with member.text() as text:
        line = 1
        try:
            first = text.readline(1 << 20)
            reader = csv.reader(chain([first], text), delimiter=_delimiter(first))
            head = next(reader, [])
            columns = _columns(head)
            if columns is None:
                if len(head) < 4 or (head[3].strip() and _at(head[3], "") is None):
                    seen = "It has neither a header that names artist, track and date nor the columns artist, album, title, date."
                    raise member.refused(seen, ", line 1")
                columns = _BARE
                yield "line 1", _row(head, columns)
            for cells in reader:
                line = reader.line_num
                if cells:
                    yield f"line {line}", _row(cells, columns)
        except csv.Error as error:
            raise member.refused(f"It is no CSV: {error}.", f", line {line + 1}") from None


def _delimiter(line: str) -> str:
    """The one that makes the most columns of a line; the comma of two that make as many."""
    return max(",;\t", key=lambda each: len(next(csv.reader([line], delimiter=each), [])))


def _columns(head: Sequence[str]) -> dict[str, int] | None:
    """Where each column is; None where the line is no header."""
    places = {name.strip().lower().partition("#")[0]: place for place, name in reversed([*enumerate(head)])}
    found = {
        what: next(places[name] for name in names if name in places)
        for what, names in _NAMES.items()
        if not places.keys().isdisjoint(names)
    }
    return found if {"artist", "title", "at"} <= found.keys() else None


def _row(cells: Sequence[str], columns: dict[str, int]) -> dict[str, str] | None:
    if len(cells) <= max(columns.values()):
        return None
    return {what: cells[place].strip() for what, place in columns.items()}


def play(row: Any) -> Played | str:
    """The play that a line tells, or why it is none."""
    if row is None:
        return MALFORMED
    if not row["at"]:
        return NO_DATE
    at = _at(row["at"], row.get("time", ""))
    if at is None:
        return MALFORMED
    artist, title = text_of(row["artist"]), text_of(row["title"])
    if not artist or not title:
        return NO_TRACK
    mbids = mbid(row.get("track_mbid")), mbid(row.get("artist_mbid"))
    return Played(at, None, artist, title, recording_mbid=mbids[0], artist_mbid=mbids[1])


def _at(date: str, time: str) -> int | None:
    """Milliseconds since 1970 of a date in any of these files: seconds, milliseconds or text, always UTC."""
    number = whole(date)
    if number is not None:
        return number if number >= 10**11 else number * 1000
    text = " ".join(f"{date} {time}".replace(",", " ").split())
    for form in _FORMATS:
        try:
            return int(datetime.strptime(text, form).replace(tzinfo=UTC).timestamp() * 1000)
        except ValueError:
            continue
    return instant(text)
