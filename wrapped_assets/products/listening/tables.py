"""The tables of an edition of listeners, in the order in which they are computed."""

from wrapped_assets.product import Step

LISTENER = ("integer", "The listener's number in this edition.")
ARTIST = ("integer", "The artist's number in this edition.")
TRACK = ("integer", "The track's number in this edition.")
MS = ("hugeint", "Milliseconds, each play at most as long as its track.")
STREAMS = ("bigint", "Plays of 30 seconds or more, or of a whole shorter track.")
FIRST_AT = ("timestamp", "When the first stream began, UTC.")

_YEAR, _STORY = "year", "stories"

CATALOG = {
    "artists": {
        "artist": ARTIST,
        "id": ("varchar", "The catalog's id."),
        "name": ("varchar, nullable", "What the artist is called."),
        "genre": ("varchar, nullable", "The genre under which the artist counts."),
    },
    "aliases": {
        "track_id": ("varchar", "The id that stands for another."),
        "canonical_track_id": (
            "varchar, nullable",
            "The track it stands for; null when its chain has no end.",
        ),
    },
    "tracks": {
        "track": TRACK,
        "id": ("varchar", "The catalog's id."),
        "title": ("varchar, nullable", "What the track is called."),
        "artist": ("integer, nullable", "Its artist."),
        "duration_ms": ("unsigned 64 bit, nullable", "Its length."),
        "is_known": ("boolean", "Whether the catalog has the track."),
    },
}

_COUNTED = {"counted": ("date", "The UTC month of raw that was counted."), "listener": LISTENER}

PIECES = {
    "track_pieces": {
        **_COUNTED,
        "track": TRACK,
        "artist": ARTIST,
        "ms": MS,
        "plays": ("bigint", "Plays."),
        "streams": STREAMS,
    },
    "artist_pieces": {
        **_COUNTED,
        "month": ("date", "The listener's month."),
        "artist": ARTIST,
        "ms": MS,
        "streams": STREAMS,
        "days": ("unsigned 32 bit", "Bit n is set where day n + 1 of the month has a stream."),
        "first_at": FIRST_AT,
    },
    "hour_pieces": {**_COUNTED, "hour": ("utinyint", "The listener's hour of the day."), "ms": MS},
    "day_pieces": {
        **_COUNTED,
        "day": ("date", "The listener's day."),
        "ms": MS,
        "streams": STREAMS,
        "exported_at": ("timestamp", "When the newest of its plays was exported, UTC."),
    },
    "before_pieces": {
        **_COUNTED,
        "artist": ARTIST,
        "is_last_year": ("boolean", "Whether last year's window holds it."),
        "ms": MS,
        "streams": STREAMS,
        "first_at": FIRST_AT,
        "first_play": ("timestamp", "When the first play began, by the listener's clock."),
    },
}


def _story(name: str, description: str, kind: str, meaning: str, *reads: str) -> Step:
    """A story that is one field of the document."""
    return Step(name, _STORY, description, {"listener": LISTENER, name: (kind, meaning)}, reads)


STEPS = (
    Step(
        "year_tracks",
        _YEAR,
        "a listener's track of the window",
        {"listener": LISTENER, "track": TRACK, "ms": MS, "plays": ("hugeint", "Plays."), "streams": STREAMS},
    ),
    Step(
        "year_artists",
        _YEAR,
        "a listener's artist of the window, or of all history before it",
        {
            "listener": LISTENER,
            "artist": ARTIST,
            "ms": MS,
            "streams": STREAMS,
            "first_at": FIRST_AT,
            "is_new": ("boolean", "Whether the first stream of all history lies in the window."),
            "days": ("hugeint", "At least the number of days with a stream."),
        },
    ),
    Step(
        "totals",
        _STORY,
        "how much a listener heard",
        {
            "listener": LISTENER,
            "total_ms": MS,
            "total_minutes": ("hugeint", "Whole minutes of it."),
            "plays": ("hugeint", "Plays."),
            "streams": STREAMS,
            "unique_tracks": ("bigint", "Tracks with a stream."),
            "unique_artists": ("bigint", "Artists with a stream."),
        },
    ),
    _story("top_tracks", "a listener's five tracks", "list", "id, title, artist, streams and ms of each."),
    _story("top_artists", "a listener's five artists", "list", "id, name, streams and ms of each."),
    Step(
        "top_genres",
        _STORY,
        "a listener's five genres",
        {
            "listener": LISTENER,
            "top_genres": ("list", "genre, ms and streams of each."),
            "genre_unknown_ms": ("hugeint", "Milliseconds of artists without a genre."),
        },
    ),
    _story("months", "a listener's year by month", "list", "month, streams, ms and top_artist of twelve."),
    _story("hours", "a listener's day by hour", "list", "Milliseconds of 24 hours."),
    Step(
        "days",
        _STORY,
        "a listener's days with a stream",
        {
            "listener": LISTENER,
            "active_days": ("hugeint", "How many there are."),
            "longest_streak_days": ("bigint", "The longest run of them."),
            "peak_day": ("struct", "date, ms and streams of the one with the most ms."),
        },
    ),
    _story(
        "discoveries",
        "the artists a listener heard for the first time",
        "struct",
        "new_artists, first_artist and top_new_artist.",
    ),
    _story(
        "devotion", "a listener's longest run of days with one artist", "struct", "artist, days and from."
    ),
    Step(
        "last_year",
        _STORY,
        "a listener's same days a year before",
        {"listener": LISTENER, "against_last_year": ("struct", "total_ms, streams and same_top_artist.")},
    ),
    Step(
        "audience",
        _YEAR,
        "the edition",
        {"listeners": ("bigint", "Listeners with a stream in the window.")},
        ("totals",),
        by_bucket=False,
    ),
    Step(
        "popularity",
        _YEAR,
        "one artist",
        {
            "artist": ARTIST,
            "listeners": ("bigint", "Those with a stream in the window."),
            "listeners_ever": ("bigint", "Those with a stream in all history."),
        },
        ("year_artists",),
        by_bucket=False,
    ),
    Step(
        "thresholds",
        _YEAR,
        "one bound of one artist: what is exact about its listeners",
        {
            "artist": ARTIST,
            "kind": ("varchar", "top_percent or before_percent."),
            "bound": (
                "hugeint",
                "Milliseconds of which one must have more, or microseconds before which one must have begun.",
            ),
            "percent": ("integer", "What is true then, in hundredths of a percent."),
        },
        ("year_artists", "popularity"),
        by_bucket=False,
    ),
    Step(
        "reach",
        _YEAR,
        "the edition",
        {
            "through": (
                "timestamp",
                "The newest export of the window's plays, at most its last millisecond, UTC.",
            ),
            "is_over": ("boolean", "Whether it is the last millisecond."),
        },
        by_bucket=False,
    ),
    Step(
        "axes",
        _STORY,
        "a listener's personality in numbers",
        {
            "listener": LISTENER,
            "discovery": ("hugeint", "Thousandths of the time with artists heard for the first time."),
            "variety": ("hugeint", "Thousandths of the time without the ten artists of the most."),
            "loyalty": ("hugeint", "Thousandths of the streams that repeat a track."),
            "mainstream": ("hugeint", "Thousandths of the time with artists that many hear."),
        },
        ("audience", "popularity"),
    ),
    Step(
        "medians",
        _YEAR,
        "the edition",
        {
            name: ("hugeint", f"Where {name} is cut, in thousandths.")
            for name in ("discovery", "variety", "loyalty", "mainstream")
        },
        ("axes",),
        by_bucket=False,
        pinned=True,
    ),
    _story("personality", "a listener's personality", "struct", "label, description and axes.", "medians"),
    Step(
        "ranks",
        _STORY,
        "a listener of whom a claim is true",
        {
            "listener": LISTENER,
            "global_rank_blurbs": ("list", "kind, artist, percent and text of at most three."),
        },
        ("thresholds",),
    ),
    Step(
        "documents",
        "",
        "a listener's document",
        {
            "listener": LISTENER,
            "public_id": ("uuid text", "The listener's public id."),
            "document": ("JSON text", "The document, byte for byte."),
        },
        ("reach",),
    ),
)
