"""Landing keys: where a file of a family, day and region lies, and what a key found there says.

Names only, in both directions; nothing here reads a store or knows which families exist. The layout is a
public contract, for whoever writes files:

    <family>/dt=YYYY-MM-DD/region=<region>/<anything>
    <dimension>/region=<region>/<anything>

A region or a family is never cleaned up or quoted: a name that is not plain is refused when written and not
recognised when read, so no two spellings of a key mean the same place.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")
_REGION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}")

# What writers leave beside their files; nothing that ends so is ever read.
LEFTOVERS = (
    ".tmp",  # most writers, and this project's own staged uploads
    ".crc",  # Hadoop checksums that lost their leading dot on the way
    ".partial",  # rclone, in flight
    "._COPYING_",  # hdfs dfs -put, in flight
    "_$folder$",  # folder markers of Hadoop's old S3 connectors
)
# obstore stages a local write as `<name>#<n>` and leaves that behind when it is killed.
_STAGED = re.compile(r"#[0-9]+\Z")
# Control characters and empty segments: stores disagree about them, so they are in no key.
_UNSPEAKABLE = re.compile(r"[\x00-\x1f\x7f]|//|/\Z")


@dataclass(frozen=True, order=True)
class DayPlace:
    """Where a file of events belongs."""

    family: str
    day: date
    region: str


@dataclass(frozen=True, order=True)
class DimensionPlace:
    """Where a snapshot of a dimension belongs."""

    name: str
    region: str


Place = DayPlace | DimensionPlace


def day_prefix(family: str, day: date) -> str:
    """The folder of one family's day, such as `pipe_stats/dt=2025-01-02/`."""
    return f"{_checked_name(family)}/dt={day.isoformat()}/"


def dimension_prefix(name: str) -> str:
    """The folder of one dimension, such as `organizations/`."""
    return f"{_checked_name(name)}/"


def day_of_folder(folder: str) -> date | None:
    """The day of a folder `dt=YYYY-MM-DD`; None for any other name, `dt=2025-1-2` and `dt=2025-02-30` too."""
    text = folder.removeprefix("dt=")
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if folder == f"dt={day.isoformat()}" else None


def is_leftover(key: str) -> bool:
    """Whether a key is something a writer keeps for itself: no reader of the landing store ever opens it.

    As in Hive and Spark, a file or folder whose name starts with `.` or `_` is private: `_SUCCESS`,
    `_temporary/...`, `_committed_...`, `.spark-staging-.../`, `.part-0.parquet.crc`, `.DS_Store`, rsync's
    `.name.a1b2c3`.
    """
    is_private = key.startswith((".", "_")) or "/." in key or "/_" in key
    return is_private or key.endswith(LEFTOVERS) or _STAGED.search(key) is not None


def unusable(key: str) -> str:
    """Why nothing of this name can be a landing file, whatever is in it; empty when it can."""
    try:
        key.encode()
    except UnicodeEncodeError:
        return "has a name that is not UTF-8"
    return "has a name with a control character or an empty part" if _UNSPEAKABLE.search(key) else ""


def printable(key: str) -> str:
    """A name as it can be shown: bytes that are no UTF-8, and control characters, become `\\xe9`."""
    text = key.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    return re.sub(r"[\x00-\x1f\x7f]", lambda found: f"\\x{ord(found[0]):02x}", text)


def parse(key: str) -> Place | None:
    """What a file's key says about it; None when the key is not in the layout, or is a leftover.

    `<anything>` may hold folders of its own.
    """
    if is_leftover(key) or unusable(key):
        return None
    match key.split("/"):
        case [family, folder, region, *rest] if rest and folder.startswith("dt="):
            day = day_of_folder(folder)
            named = _region_of_folder(region)
            return DayPlace(family, day, named) if day and named and _NAME.fullmatch(family) else None
        case [name, region, *rest] if rest:
            named = _region_of_folder(region)
            return DimensionPlace(name, named) if named and _NAME.fullmatch(name) else None
    return None


def export_key(
    family: str, region: str, from_: datetime, to: datetime, exported_at: datetime, part: int = 0
) -> str:
    """The key of one export of the window [from_, to), which lies within one UTC day, or of a further part of it.

    Sorted by name, the exports of a region's day come in the order of their windows and then of their making.
    """
    start, end = _utc(from_), _utc(to)
    midnight = datetime.combine(start.date(), datetime.min.time(), UTC) + timedelta(days=1)
    if not start < end <= midnight:
        raise ValueError(
            f"an export covers a part of one UTC day, not {start.isoformat()} to {end.isoformat()}"
        )
    window = f"{_second(start)}-{_second(end)}"
    folder = f"{day_prefix(family, start.date())}region={_checked_region(region)}"
    name = f"{window}.exported-{_millisecond(exported_at)}"
    return f"{folder}/{name}.{part}.parquet" if part else f"{folder}/{name}.parquet"


def dimension_key(name: str, region: str, exported_at: datetime) -> str:
    """The key of one whole snapshot of a dimension; by name, newer snapshots come later."""
    folder = f"{dimension_prefix(name)}region={_checked_region(region)}"
    return f"{folder}/snapshot.exported-{_millisecond(exported_at)}.parquet"


def is_region(name: str) -> bool:
    """Whether a region may have this name: it names a folder of landing and a partition."""
    return _REGION.fullmatch(name) is not None


def _region_of_folder(folder: str) -> str | None:
    region = folder.removeprefix("region=")
    return region if region != folder and is_region(region) else None


def _checked_name(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise ValueError(f"a family or dimension is lower case letters, digits and '_', not {name!r}")
    return name


def _checked_region(region: str) -> str:
    if not is_region(region):
        raise ValueError(
            f"a region is letters, digits, '-', '_' and '.', starting with a letter or digit, not {region!r}"
        )
    return region


def _utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError(f"a landing key needs a time with its zone, not {moment.isoformat()}")
    return moment.astimezone(UTC)


def _second(moment: datetime) -> str:
    # A fraction would sort before the whole second it follows: '5' comes before 'Z'.
    if moment.microsecond:
        raise ValueError(f"an export's window is cut at whole seconds, not at {moment.isoformat()}")
    return f"{moment:%Y%m%dT%H%M%S}Z"


def _millisecond(moment: datetime) -> str:
    instant = _utc(moment)
    return f"{instant:%Y%m%dT%H%M%S}{instant.microsecond // 1000:03d}Z"
