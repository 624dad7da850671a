"""What a listener's year must say, in plain Python from the landed rows: docs/listening.md, rule by rule. Slow, and shares no code with the pipeline."""

from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

Row = dict[str, Any]
Days = tuple[tuple[int, int], tuple[int, int]]
CONTENTS = ("ms_played", "artist_id", "album_id", "source", "device_class", "country", "region")
AXES = ("discovery", "variety", "loyalty", "mainstream")
TOP_PERCENTS = (5, 10, 50, 100, 200, 500)  # hundredths of a percent


class Play:
    """A play as it counts."""

    def __init__(self, row: Row, track: str, artist: str, duration: int | None, zone: ZoneInfo) -> None:
        self.user, self.track, self.artist, self.ts = row["user_id"], track, artist, row["ts"]
        self.exported_at = row["exported_at"]
        self.ms = row["ms_played"] if duration is None else min(row["ms_played"], duration)
        self.is_stream = self.ms >= (30_000 if duration is None else min(30_000, duration))
        self.local = row["ts"].astimezone(zone).replace(tzinfo=None)


class Amount:
    """Milliseconds and streams."""

    def __init__(self, plays: list[Play]) -> None:
        self.ms, self.streams = sum(p.ms for p in plays), sum(p.is_stream for p in plays)

    def first(self, name: str) -> tuple[int, int, bytes]:
        """What sorts the greater first."""
        return -self.ms, -self.streams, name.encode()


def documents(
    plays: list[Row],
    artists: list[Row],
    tracks: list[Row],
    aliases: list[Row],
    genres: list[Row],
    listeners: list[Row],
    year: int,
    window: Days = ((1, 1), (12, 31)),
    floor: int = 1000,
) -> dict[str, Row]:
    """The document of each listener who has one, without the label and the texts."""
    start, end = date(year, *window[0]), date(year, *window[1]) + timedelta(days=1)
    last_start, last_end = date(year - 1, *window[0]), date(year - 1, *window[1]) + timedelta(days=1)
    last_ms = datetime(end.year, end.month, end.day, tzinfo=UTC) - timedelta(milliseconds=1)
    catalog = Catalog(artists, tracks, aliases, genres)
    people = newest(listeners, "user_id")
    zones = {user: zone_of(row) for user, row in people.items()}

    everyone: dict[str, list[Play]] = defaultdict(list)
    for row in winners(plays):
        track = catalog.counted(row["track_id"])
        known = catalog.tracks.get(track, {})
        zone = zones.get(row["user_id"], ("UTC", ZoneInfo("UTC")))[1]
        everyone[row["user_id"]].append(
            Play(
                row, track, known.get("artist_id") or row["artist_id"], known.get("duration_ms") or None, zone
            )
        )

    def within(user: str, first: date, after: date) -> list[Play]:
        return [p for p in everyone[user] if first <= p.local.date() < after]

    inside = {user: within(user, start, end) for user in everyone}
    inside = {user: found for user, found in inside.items() if found}
    before = {user: [p for p in everyone[user] if p.local.date() < start] for user in everyone}
    reach = max((p.exported_at for found in inside.values() for p in found), default=None)
    through = min(reach, last_ms) if reach else None

    firsts: dict[str, dict[str, datetime]] = defaultdict(dict)
    for user, found in everyone.items():
        for p in found:
            if p.is_stream and p.local.date() < end:
                firsts[p.artist][user] = min(firsts[p.artist].get(user, p.ts), p.ts)
    heard: dict[str, dict[str, Amount]] = defaultdict(dict)
    for user, found in inside.items():
        for artist, amount in amounts(found, lambda p: p.artist).items():
            if amount.streams:
                heard[artist][user] = amount
    audience = sum(any(p.is_stream for p in found) for found in inside.values())

    def is_new(user: str, artist: str) -> bool:
        return any(p.is_stream and p.artist == artist for p in inside[user]) and not any(
            p.is_stream and p.artist == artist for p in before[user]
        )

    axes = {user: axes_of(found, user, is_new, heard, audience, floor) for user, found in inside.items()}
    cuts = medians([each for each in axes.values() if each])

    made: dict[str, Row] = {}
    for user, found in inside.items():
        if people.get(user, {}).get("opted_out") == 1:
            continue
        streams, mine = [p for p in found if p.is_stream], axes[user]
        by_artist, by_track = amounts(found, lambda p: p.artist), amounts(found, lambda p: p.track)
        by_day, by_month = amounts(found, lambda p: p.local.date()), amounts(found, lambda p: p.local.month)
        days = sorted({p.local.date() for p in streams})
        news = sorted(artist for artist in {p.artist for p in streams} if is_new(user, artist))
        first = min(news, key=lambda a: (firsts[a][user], a.encode()), default=None)
        top_new = min(news, key=lambda a: by_artist[a].first(a), default=None)
        genre = amounts(found, lambda p: catalog.genre(p.artist))
        peak = min(days, key=lambda d: (-by_day[d].ms, -by_day[d].streams, d), default=None)
        made[user] = {
            "year": year,
            "window": {"from": str(start), "to": str(end)},
            "through": iso(through),
            "generated_at": iso(max(p.exported_at for p in found)),
            "time_zone": zones.get(user, ("UTC",))[0],
            "total_ms": sum(p.ms for p in found),
            "total_minutes": sum(p.ms for p in found) // 60_000,
            "plays": len(found),
            "streams": len(streams),
            "unique_tracks": len({p.track for p in streams}),
            "unique_artists": len({p.artist for p in streams}),
            "active_days": len(days),
            "longest_streak_days": max((len(run) for run in runs(days)), default=0),
            "peak_day": peak and {"date": str(peak), "ms": by_day[peak].ms, "streams": by_day[peak].streams},
            "top_tracks": [
                {
                    "id": track,
                    "title": catalog.tracks.get(track, {}).get("title"),
                    "artist": catalog.artist(
                        top(amounts([p for p in found if p.track == track], lambda p: p.artist), 1)[0]
                    ),
                    "streams": by_track[track].streams,
                    "ms": by_track[track].ms,
                }
                for track in top(with_stream(by_track), 5)
            ],
            "top_artists": [
                {**catalog.artist(artist), "streams": by_artist[artist].streams, "ms": by_artist[artist].ms}
                for artist in top(with_stream(by_artist), 5)
            ],
            "top_genres": [
                {"genre": name, "ms": genre[name].ms, "streams": genre[name].streams}
                for name in top({k: v for k, v in with_stream(genre).items() if k is not None}, 5)
            ],
            "genre_unknown_ms": genre[None].ms if None in genre else 0,
            "months": [
                {
                    "month": month,
                    "streams": by_month[month].streams if month in by_month else 0,
                    "ms": by_month[month].ms if month in by_month else 0,
                    "top_artist": next(
                        (
                            catalog.artist(artist)
                            for artist in top(
                                with_stream(
                                    amounts([p for p in found if p.local.month == month], lambda p: p.artist)
                                ),
                                1,
                            )
                        ),
                        None,
                    ),
                }
                for month in range(1, 13)
            ],
            "hours": [sum(p.ms for p in found if p.local.hour == hour) for hour in range(24)],
            "discoveries": {
                "new_artists": len(news),
                "first_artist": first
                and {
                    **catalog.artist(first),
                    "date": str(
                        min(
                            p.local for p in streams if p.artist == first and p.ts == firsts[first][user]
                        ).date()
                    ),
                },
                "top_new_artist": top_new and {**catalog.artist(top_new), "ms": by_artist[top_new].ms},
            },
            "devotion": devotion(streams, catalog),
            "personality": mine and {"axes": mine, "high": [mine[name] > cuts[name] for name in AXES]},
            "global_rank_blurbs": blurbs(user, by_artist, heard, firsts, catalog, floor),
            "against_last_year": last_year(
                within(user, last_start, last_end), everyone[user], by_artist, last_start
            )
            if through == last_ms
            else None,
        }
    return made


class Catalog:
    """The newest row of each id, over all regions."""

    def __init__(self, artists: list[Row], tracks: list[Row], aliases: list[Row], genres: list[Row]) -> None:
        self.artists, self.tracks = newest(artists, "artist_id"), newest(tracks, "track_id")
        self.aliases, self.genres = newest(aliases, "track_id"), newest(genres, "genre")

    def counted(self, track: str) -> str:
        """The track at the end of the chain; itself where the chain has no end."""
        at, seen = track, {track}
        while at in self.aliases:
            at = self.aliases[at]["canonical_track_id"]
            if at in seen:
                return track
            seen.add(at)
        return at

    def artist(self, artist: str) -> Row:
        """Id and name."""
        return {"id": artist, "name": self.artists.get(artist, {}).get("name")}

    def genre(self, artist: str) -> str | None:
        """The genre under which an artist counts."""
        genre = self.artists.get(artist, {}).get("genre")
        return genre and (self.genres.get(genre, {}).get("parent") or genre)


def newest(rows: list[Row], key: str) -> dict[str, Row]:
    """The row of each id that was exported last; of equals the one of the lower region."""
    found: dict[str, Row] = {}
    for row in sorted(rows, key=lambda row: row["region"].encode()):
        if row[key] not in found or row["exported_at"] > found[row[key]]["exported_at"]:
            found[row[key]] = row
    return found


def winners(plays: list[Row]) -> list[Row]:
    """One row of each play."""

    def version(row: Row) -> tuple[Any, ...]:
        said = (row.get(name) for name in CONTENTS)
        return row["exported_at"], *(
            (s is not None, s.encode() if isinstance(s, str) else s or 0) for s in said
        )

    found: dict[tuple[Any, ...], Row] = {}
    for row in plays:
        key = row["user_id"], row["track_id"], row["ts"]
        if key not in found or version(row) > version(found[key]):
            found[key] = row
    return list(found.values())


def zone_of(row: Row) -> tuple[str, ZoneInfo]:
    """The zone that a listener's row names, or UTC."""
    name = row.get("time_zone")
    name = name if name in available_timezones() else "UTC"
    return name, ZoneInfo(name)


def amounts(plays: list[Play], key: Any) -> dict[Any, Amount]:
    """What was heard by something."""
    groups: dict[Any, list[Play]] = defaultdict(list)
    for p in plays:
        groups[key(p)].append(p)
    return {name: Amount(group) for name, group in groups.items()}


def with_stream(found: dict[Any, Amount]) -> dict[Any, Amount]:
    """Those with a stream."""
    return {name: amount for name, amount in found.items() if amount.streams}


def top(found: dict[Any, Amount], most: int) -> list[Any]:
    """The greatest first."""
    return sorted(found, key=lambda name: found[name].first(name))[:most]


def runs(days: list[date]) -> list[list[date]]:
    """Consecutive days."""
    found = [days[:1]] if days else []
    for one, next_day in pairwise(days):
        if next_day - one == timedelta(days=1):
            found[-1].append(next_day)
        else:
            found.append([next_day])
    return found


def devotion(streams: list[Play], catalog: Catalog) -> Row | None:
    """The longest run of days with one artist."""
    found = [
        (-len(run), run[0], artist.encode(), artist)
        for artist in {p.artist for p in streams}
        for run in runs(sorted({p.local.date() for p in streams if p.artist == artist}))
    ]
    if not found:
        return None
    days, began, _, artist = min(found)
    return {"artist": catalog.artist(artist), "days": -days, "from": str(began)}


def axes_of(
    found: list[Play], user: str, is_new: Any, heard: dict[str, dict[str, Amount]], audience: int, floor: int
) -> Row | None:
    """Thousandths, rounded down; None for whoever heard nothing."""
    total, streams = sum(p.ms for p in found), [p for p in found if p.is_stream]
    if not total:
        return None
    by_artist = amounts(found, lambda p: p.artist)
    popular = [a for a in by_artist if len(heard[a]) >= floor and len(heard[a]) * 20 >= audience]
    repeats = len(streams) - len({p.track for p in streams})
    return {
        "discovery": sum(by_artist[a].ms for a in by_artist if is_new(user, a)) * 1000 // total,
        "variety": (total - sum(by_artist[a].ms for a in top(by_artist, 10))) * 1000 // total,
        "loyalty": repeats * 1000 // len(streams) if streams else 0,
        "mainstream": sum(by_artist[a].ms for a in popular) * 1000 // total,
    }


def medians(axes: list[Row]) -> dict[str, int]:
    """The lower median of each axis; 500 below 100 listeners."""
    if len(axes) < 100:
        return dict.fromkeys(AXES, 500)
    return {name: sorted(each[name] for each in axes)[(len(axes) - 1) // 2] for name in AXES}


def blurbs(
    user: str,
    by_artist: dict[str, Amount],
    heard: dict[str, dict[str, Amount]],
    firsts: dict[str, dict[str, datetime]],
    catalog: Catalog,
    floor: int,
) -> list[Row]:
    """The three strongest claims that are true."""
    claims: list[tuple[Any, ...]] = []
    for artist, amount in with_stream(by_artist).items():
        if catalog.artist(artist)["name"] is None:
            continue
        others, ever = heard[artist], firsts[artist]
        as_much = sum(other.ms >= amount.ms for other in others.values())
        percents = [p for p in TOP_PERCENTS if as_much * 10_000 <= p * len(others)]
        if len(others) >= floor and percents:
            claims.append(
                (-(10_000 - percents[0]), 0, -amount.ms, artist.encode(), artist, percents[0] / 100)
            )
        later = sum(first > ever[user] for first in ever.values())
        percent = 100 * later // len(ever)
        if len(ever) >= floor and percent >= 50:
            claims.append((-100 * percent, 1, -amount.ms, artist.encode(), artist, float(percent)))
    return [
        {
            "kind": ("top_percent", "before_percent")[kind],
            "artist": catalog.artist(artist),
            "percent": percent,
        }
        for _, kind, _, _, artist, percent in sorted(claims)[:3]
    ]


def last_year(
    found: list[Play], ever: list[Play], by_artist: dict[str, Amount], last_start: date
) -> Row | None:
    """The same days a year before, of listeners who were there by the end of its first month."""
    month = last_start.month % 12 + 1
    after = (
        date(last_start.year + (month == 1), month, min(last_start.day, 28)) if last_start.day <= 28 else None
    )
    assert after, "no test has a window that begins so late in a month"
    if min(p.local for p in ever).date() >= after:
        return None
    now, then = top(with_stream(by_artist), 1), top(with_stream(amounts(found, lambda p: p.artist)), 1)
    return {
        "total_ms": sum(p.ms for p in found),
        "streams": sum(p.is_stream for p in found),
        "same_top_artist": bool(now) and now == then,
    }


def iso(moment: datetime | None) -> str | None:
    """With milliseconds, the rest cut off."""
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03}Z" if moment else None
