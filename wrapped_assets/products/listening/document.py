"""The document of a listener's year, as `sql/products/listening/documents.sql` writes it; docs/listening.md says what each field means."""

import datetime as dt
from typing import Annotated, Literal

from pydantic import Field

from wrapped_assets.product import Count, Part

Share = Annotated[float, Field(ge=0, le=1, strict=False)]
Day = Annotated[dt.date, Field(strict=False)]
At = Annotated[dt.datetime, Field(strict=False)]


class Window(Part):
    """The days counted, half-open."""

    from_: Day = Field(alias="from")
    to: Day


class Artist(Part):
    """An artist of the catalog; without a name where the catalog has none."""

    id: str
    name: str | None


class PeakDay(Part):
    """The day with the most milliseconds."""

    date: Day
    ms: Count
    streams: Count


class TopTrack(Part):
    """A track, with its artist."""

    id: str
    title: str | None
    artist: Artist
    streams: Count
    ms: Count


class TopArtist(Artist):
    """An artist, with what was heard of it."""

    streams: Count
    ms: Count


class TopGenre(Part):
    """A genre, with what was heard of it."""

    genre: str
    ms: Count
    streams: Count


class Month(Part):
    """A month, with its artist."""

    month: Annotated[int, Field(ge=1, le=12)]
    streams: Count
    ms: Count
    top_artist: Artist | None


class FirstArtist(Artist):
    """The first artist heard for the first time, and when."""

    date: Day


class TopNewArtist(Artist):
    """The artist of the most milliseconds among those heard for the first time."""

    ms: Count


class Discoveries(Part):
    """The artists heard for the first time."""

    new_artists: Count
    first_artist: FirstArtist | None
    top_new_artist: TopNewArtist | None


class Devotion(Part):
    """The longest run of days with one artist."""

    artist: Artist
    days: Count
    from_: Day = Field(alias="from")


class Axes(Part):
    """Each from 0 to 1, in thousandths."""

    discovery: Share
    variety: Share
    loyalty: Share
    mainstream: Share


class Personality(Part):
    """One of sixteen labels."""

    label: str
    description: str
    axes: Axes


class RankBlurb(Part):
    """What is true of the listener among all of an artist."""

    kind: Literal["top_percent", "before_percent"]
    artist: Artist
    percent: Annotated[float, Field(gt=0, le=100)]
    text: str


class LastYear(Part):
    """The same days a year before."""

    total_ms: Count
    streams: Count
    same_top_artist: bool


class ListenerYear(Part):
    """One listener's year."""

    schema_version: Literal[1]
    year: int
    window: Window
    through: At
    generated_at: At
    time_zone: str
    total_ms: Count
    total_minutes: Count
    plays: Count
    streams: Count
    unique_tracks: Count
    unique_artists: Count
    active_days: Count
    longest_streak_days: Count
    peak_day: PeakDay | None
    top_tracks: Annotated[list[TopTrack], Field(max_length=5)]
    top_artists: Annotated[list[TopArtist], Field(max_length=5)]
    top_genres: Annotated[list[TopGenre], Field(max_length=5)]
    genre_unknown_ms: Count
    months: Annotated[list[Month], Field(min_length=12, max_length=12)]
    hours: Annotated[list[Count], Field(min_length=24, max_length=24)]
    discoveries: Discoveries
    devotion: Devotion | None
    personality: Personality | None
    global_rank_blurbs: Annotated[list[RankBlurb], Field(max_length=3)]
    against_last_year: LastYear | None
    shareable_card_urls: list[str]


def main_numbers(year: ListenerYear) -> list[tuple[str, str]]:
    """Labels and values for a terminal; a label is empty where a list goes on."""
    lines = [
        ("through", f"{year.through:%Y-%m-%d %H:%M:%S} UTC, days and hours in {year.time_zone}"),
        ("listened", f"{year.total_minutes:,} minutes, {year.streams:,} streams of {year.plays:,} plays"),
        ("different", f"{year.unique_tracks:,} tracks, {year.unique_artists:,} artists"),
        ("active days", f"{year.active_days}, longest streak {year.longest_streak_days}"),
    ]
    if year.peak_day:
        lines.append(("peak day", f"{year.peak_day.date} ({year.peak_day.ms // 60_000:,} minutes)"))
    lines += _listed("top artists", [f"{_name(a)}: {a.ms // 60_000:,} minutes" for a in year.top_artists])
    lines += _listed(
        "top tracks",
        [
            f"{track.title or track.id} by {_name(track.artist)}: {track.streams:,} streams"
            for track in year.top_tracks
        ],
    )
    lines += _listed("top genres", [f"{g.genre}: {g.ms // 60_000:,} minutes" for g in year.top_genres])
    lines.append(("new artists", f"{year.discoveries.new_artists:,}"))
    if year.devotion:
        lines.append(
            (
                "most devoted",
                f"{year.devotion.days} days of {_name(year.devotion.artist)} from {year.devotion.from_}",
            )
        )
    if year.personality:
        lines.append(("personality", f"{year.personality.label}: {year.personality.description}"))
    lines += _listed("ranks", [blurb.text for blurb in year.global_rank_blurbs])
    if year.against_last_year:
        lines.append(("year before", f"{year.against_last_year.total_ms // 60_000:,} minutes"))
    return lines


def _name(artist: Artist) -> str:
    return artist.name or artist.id


def _listed(label: str, values: list[str]) -> list[tuple[str, str]]:
    return [(label if not number else "", value) for number, value in enumerate(values)]
