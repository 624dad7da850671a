"""Spotify's extended streaming history: `Streaming_History_Audio_*.json`, `endsong_*.json` before 2023.

`ts` is when the play ended, UTC, to the second; `offline_timestamp` is when a device that was offline began it, in seconds or in milliseconds as the years
go, and `ts` says the same more evenly, so it is not read. Neither is who and where: user name, address, user agent, platform.
"""

import re
from collections.abc import Iterator
from typing import Any

from wrapped_assets.products.listening.importers.exports import Member, elements
from wrapped_assets.products.listening.importers.plays import (
    MALFORMED,
    NO_TRACK,
    Played,
    instant,
    text_of,
    whole,
)

FILES = re.compile(r"(^|/)(endsong|Streaming_?History)[^/]*\.json$", re.IGNORECASE)
HOLDS = "Streaming_History_Audio_*.json and endsong_*.json"
ASK = (
    "on Spotify's page Account privacy ask for the extended streaming history, not for the account data;"
    " it comes by mail, within 30 days, as my_spotify_data.zip."
)
SHORT = "short account export, whose times are whole minutes"


def rows(member: Member) -> Iterator[tuple[str, Any]]:
    """The rows of a file; those of a file of videos say so."""
    video = "history_video" in member.place.lower().rpartition("/")[2]
    for place, row in elements(member):
        yield place, {**row, "is_video": True} if video and isinstance(row, dict) else row


def play(row: Any) -> Played | str:
    """The play that a row tells, or why it is none."""
    if not isinstance(row, dict):
        return MALFORMED
    if "endTime" in row and "ts" not in row:
        return SHORT
    ended, ms = instant(row.get("ts")), whole(row.get("ms_played"))
    if ended is None or ms is None:
        return MALFORMED
    if reason := _left_out(row):
        return reason
    artist = text_of(row.get("master_metadata_album_artist_name"))
    title = text_of(row.get("master_metadata_track_name"))
    if not artist or not title:
        return NO_TRACK
    country = text_of(row.get("conn_country"))
    known = country if country and re.fullmatch("[A-Z]{2}", country) and country != "ZZ" else None
    return Played(ended, ms, artist, title, text_of(row.get("spotify_track_uri")), known)


def _left_out(row: dict[str, Any]) -> str | None:
    if row.get("incognito_mode") is True:
        return "private session"
    if row.get("is_video"):
        return "video"
    if any(text_of(row.get(name)) for name in ("spotify_episode_uri", "episode_name")):
        return "podcast"
    if any(text_of(value) for name, value in row.items() if name.startswith("audiobook_")):
        return "audiobook"
    return None
