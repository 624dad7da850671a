"""The plays of an export as every service's importer tells them, and what of them lands.

**Ids.** A play's track is named by the service's own id, or else by what the client said of it, artist and title: both stay
the same in every later export, so a play that is exported again is the same play. A MusicBrainz id may be found
for it later, so it never names a play: `track_aliases` leads to it, and variants of one recording are counted as one.

**Repeats.** Rows of one track at one instant are one play, the longest of them. Spotify tells the instant a play *ended*, so the same play with another
`ms_played` is recognised within one import, whose files may overlap as they like. Over two imports it is not: the landed
key is when the play began, so a later export that tells another duration adds a second play. Import such exports together.
"""

import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from sys import intern
from typing import Any, NamedTuple

ASSUMED_MS = 30_000
"""How long a play was of which the service says nothing: the least that makes a stream of it."""

EARLIEST = int(datetime(1990, 1, 1, tzinfo=UTC).timestamp() * 1000)
DAY_MS = 86_400_000

MALFORMED = "malformed"
NO_TRACK = "no track or artist named"
REPEATED = "the same play again"
EARLY = "before 1990"
FUTURE = "in the future"


class Played(NamedTuple):
    """One play. `at` is when it began, or ended where `Found.ended`, in milliseconds since 1970."""

    at: int
    ms: int | None
    artist: str
    title: str
    id: str | None = None
    country: str | None = None
    duration_ms: int | None = None
    recording_mbid: str | None = None
    artist_mbid: str | None = None
    artist_name: str | None = None
    """What the artist of `artist_mbid` is called, where `artist` credits several."""


class _Track(NamedTuple):
    """What the newest play says of a track, of those that know most MusicBrainz ids."""

    known: int
    at: int
    title: str
    artist: str
    recording_mbid: str
    artist_mbid: str
    artist_name: str


@dataclass
class Found:
    """What was read of an export. `ended` when its instants are those at which plays ended."""

    service: str
    now: datetime
    ended: bool = False
    left: Counter[str] = field(default_factory=Counter)
    places: dict[str, str] = field(default_factory=dict)
    """Where the first row lies that was left out for a reason."""

    _plays: dict[tuple[int, str], tuple[int, str]] = field(default_factory=dict)
    _tracks: dict[str, _Track] = field(default_factory=dict)
    _durations: dict[str, tuple[int, int]] = field(default_factory=dict)
    _mbids: dict[str, tuple[int, str]] = field(default_factory=dict)

    def leave(self, reason: str, place: str) -> None:
        """Count a row that is not imported."""
        self.left[reason] += 1
        self.places.setdefault(reason, place)

    def take(self, play: Played, place: str) -> None:
        """Keep a play, unless it cannot have been then."""
        began = play.at - (play.ms or 0) if self.ended else play.at
        if began < EARLIEST:
            return self.leave(EARLY, place)
        if play.at > self.now.timestamp() * 1000 + DAY_MS:
            return self.leave(FUTURE, place)
        track = intern(play.id or self.named("track-name", f"{play.artist}\0{play.title}"))
        key, length = (play.at, track), (-1 if play.ms is None else play.ms, intern(play.country or ""))
        if key in self._plays:
            self.leave(REPEATED, place)
        self._plays[key] = max(length, self._plays.get(key, length))
        self._remember(track, play)
        return None

    def _remember(self, track: str, play: Played) -> None:
        mbids = play.recording_mbid or "", play.artist_mbid or "", play.artist_name or play.artist
        known = bool(play.recording_mbid) + bool(play.artist_mbid)
        said = _Track(known, play.at, play.title, play.artist, *mbids)
        self._tracks[track] = max(said, self._tracks.get(track, said))
        if play.duration_ms:
            duration = play.at, play.duration_ms
            self._durations[track] = max(duration, self._durations.get(track, duration))
        if play.artist_mbid and play.artist_name in (None, play.artist):
            name, mbid = self.named("artist-name", play.artist), (play.at, play.artist_mbid)
            self._mbids[name] = max(mbid, self._mbids.get(name, mbid))

    def named(self, kind: str, name: str) -> str:
        """The id that a name gives: upper and lower case, and the ways to write an accent, give the same."""
        plain = unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())
        return f"{self.service}:{kind}:{sha256(plain.encode()).hexdigest()[:16]}"

    @property
    def count(self) -> int:
        """How many plays there are."""
        return len(self._plays)

    @property
    def assumed(self) -> int:
        """How many of them have no length but the assumed one."""
        return sum(ms < 0 and track not in self._durations for (_, track), (ms, _) in self._plays.items())

    @property
    def between(self) -> tuple[int, int]:
        """The first and the last instant."""
        return min(at for at, _ in self._plays), self.exported_at

    @property
    def exported_at(self) -> int:
        """The newest instant of the plays: the version of all that lands, however often it is imported."""
        return max(at for at, _ in self._plays)

    def plays(self) -> Iterator[dict[str, Any]]:
        """The rows of `plays`, sorted; of two that began together the longer."""
        rows: dict[tuple[int, str], tuple[int, str]] = {}
        for (at, track), (ms, country) in self._plays.items():
            length = ms if ms >= 0 else self._durations.get(track, (0, ASSUMED_MS))[1]
            key = (at - length if self.ended else at), track
            rows[key] = max((length, country), rows.get(key, (0, "")))
        artists = {track: self._artist(said)[0] for track, said in self._tracks.items()}
        for (ts, track), (ms, country) in sorted(rows.items()):
            named = {"track_id": track, "artist_id": artists[track], "country": country or None}
            yield {"ts": ts, "ms_played": ms} | named

    def _artist(self, said: _Track) -> tuple[str, str]:
        """The id and the name of a track's artist."""
        name = self.named("artist-name", said.artist)
        mbid = said.artist_mbid or self._mbids.get(name, (0, ""))[1]
        if mbid:
            return f"{self.service}:artist:{mbid}", said.artist_name
        return name, said.artist

    def catalog(self) -> Iterator[tuple[str, list[dict[str, Any]]]]:
        """The rows of each snapshot, one a name, sorted: artists, tracks and track_aliases."""
        artists: dict[str, tuple[int, str]] = {}
        tracks: dict[str, tuple[int, str, str, int | None]] = {}
        aliases = {}
        for track, said in self._tracks.items():
            artist, name = self._artist(said)
            artists[artist] = max((said.at, name), artists.get(artist, (0, "")))
            tracks[track] = (said.at, said.title, artist, self._durations.get(track, (0, None))[1])
            if said.recording_mbid:
                aliases[track] = f"{self.service}:recording:{said.recording_mbid}"
        for track in sorted(aliases, key=lambda each: (tracks[each][:2], each)):
            known = tracks.get(aliases[track], (0, "", "", None))[3]
            tracks[aliases[track]] = (*tracks[track][:3], tracks[track][3] or known)
        yield "artists", [{"artist_id": id, "name": name} for id, (_, name) in sorted(artists.items())]
        yield (
            "tracks",
            [
                {"track_id": id, "title": title, "artist_id": artist, "duration_ms": duration}
                for id, (_, title, artist, duration) in sorted(tracks.items())
            ],
        )
        yield (
            "track_aliases",
            [{"track_id": id, "canonical_track_id": other} for id, other in sorted(aliases.items())],
        )


# What rows are read with.


def text_of(value: object) -> str | None:
    """A text that says something; what no UTF-8 can hold of it becomes `?`."""
    if not isinstance(value, str):
        return None
    text = value.encode("utf-8", "replace").decode().replace("\0", "").strip()
    return text or None


def whole(value: object) -> int | None:
    """A whole number from 0 on that fits 63 bits, as a number or its digits."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 19:
        return int(value)
    if isinstance(value, float) and value.is_integer() and value < 2**53:
        value = int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**63 else None


def mbid(value: object) -> str | None:
    """A MusicBrainz id, in lower case."""
    text = (text_of(value) or "").lower()
    return text if len(text) == 36 and text.count("-") == 4 else None


def instant(value: object) -> int | None:
    """Milliseconds since 1970 of an instant as ISO 8601 writes it; one without a zone is UTC."""
    try:
        at = datetime.fromisoformat((text_of(value) or "").removesuffix(" UTC"))
        return int((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp() * 1000)
    except (ValueError, OverflowError):
        return None
