"""ListenBrainz's export: JSON lines by month (`listens/2025/1.jsonl`), before 2025 one JSON array.

A listen says when it began and seldom how long it was heard (`duration_played`); else it counts with the whole track's length, where that is known.
"""

import re
from collections.abc import Iterator
from typing import Any

from wrapped_assets.products.listening.importers.exports import Member, elements, json_lines
from wrapped_assets.products.listening.importers.plays import (
    MALFORMED,
    NO_TRACK,
    Played,
    instant,
    mbid,
    text_of,
    whole,
)

FILES = re.compile(r"(^|/)listens/.+\.jsonl?$|_lb-[^/]*\.json$|(^|/)listens[^/]*\.jsonl?$", re.IGNORECASE)
HOLDS = "listens/<year>/<month>.jsonl"
ASK = "on ListenBrainz's page Settings, Export data, create an export and download its zip."


def rows(member: Member) -> Iterator[tuple[str, Any]]:
    """The listens of a file of either shape."""
    with member.text() as text:
        is_array = text.read(1 << 10).lstrip().startswith("[")
    return elements(member) if is_array else json_lines(member)


def play(row: Any) -> Played | str:
    """The play that a listen tells, or why it is none."""
    metadata = _within(row, "track_metadata")
    if not metadata:
        return MALFORMED
    listened = row.get("listened_at", row.get("timestamp"))
    seconds = whole(listened)
    at = instant(listened) if seconds is None else seconds * 1000
    if at is None:
        return MALFORMED
    artist, title = text_of(metadata.get("artist_name")), text_of(metadata.get("track_name"))
    if not artist or not title:
        return NO_TRACK
    info, mapping = _within(metadata, "additional_info"), _within(metadata, "mbid_mapping")
    duration = _milliseconds(info.get("duration_ms"), info.get("duration"))
    ms = _milliseconds(None, info.get("duration_played")) or duration
    artist_mbid, name = _artist(info, mapping)
    recording = mbid(mapping.get("recording_mbid")) or mbid(info.get("recording_mbid"))
    return Played(at, ms, artist, title, None, None, duration, recording, artist_mbid, name)


def _within(row: Any, name: str) -> dict[str, Any]:
    inner = row.get(name) if isinstance(row, dict) else None
    return inner if isinstance(inner, dict) else {}


def _milliseconds(exact: object, seconds: object) -> int | None:
    """A length that is said in milliseconds or seconds; 0, or more than a day, says nothing."""
    ms = whole(exact)
    if ms is None and isinstance(seconds, float) and 0 < seconds < 86_400:
        ms = round(seconds * 1000)
    if ms is None and (number := whole(seconds)) is not None:
        ms = number * 1000
    return ms if ms and ms <= 86_400_000 else None


def _artist(info: dict[str, Any], mapping: dict[str, Any]) -> tuple[str | None, str | None]:
    """The MusicBrainz id and the name of the first artist credited; no id where several are credited by one name."""
    artists = mapping.get("artists")
    first = artists[0] if isinstance(artists, list) and artists and isinstance(artists[0], dict) else {}
    if found := mbid(first.get("artist_mbid")):
        return found, text_of(first.get("artist_credit_name"))
    ids = mapping.get("artist_mbids") or info.get("artist_mbids")
    return (mbid(ids[0]), None) if isinstance(ids, list) and len(ids) == 1 else (None, None)
