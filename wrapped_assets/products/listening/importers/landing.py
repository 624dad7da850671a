"""What an import writes: landing files whose names follow from what is in them, so the same export adds nothing twice."""

import json
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import groupby, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from wrapped_assets.landing.layout import day_prefix, dimension_prefix
from wrapped_assets.landing.store import AlreadyThere, LandingStore
from wrapped_assets.products.listening.importers.plays import DAY_MS, Found

if TYPE_CHECKING:
    import pyarrow as pa

REGION = "import"
_AT_ONCE = 8
_DAYS_AT_ONCE = 64
_COUNTERS = ("ms_played", "duration_ms")
_INSTANTS = ("ts", "exported_at")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

File = tuple[str, list[dict[str, Any]]]


class Landed(NamedTuple):
    """What an import wrote."""

    plays: int
    new_files: int
    known_files: int


def write(store: LandingStore, found: Found, user: str, time_zone: str | None) -> Landed:
    """Land an import.

    The catalog comes before the plays, so that an interrupted import is finished by the next.
    """
    catalog = [*_catalog(found), *_listener(store, found, user, time_zone)]
    plays = 0
    with tempfile.TemporaryDirectory(prefix="wrapped-import-") as folder:

        def put(numbered: tuple[int, File]) -> bool:
            number, (key, rows) = numbered
            return _put(store, key, rows, Path(folder) / f"{number}.parquet")

        with ThreadPoolExecutor(_AT_ONCE) as pool:
            added = [put(each) for each in enumerate(catalog)]
            days = enumerate(_days(found, user), len(catalog))
            while some := list(islice(days, _DAYS_AT_ONCE)):
                plays += sum(len(rows) for _, (_, rows) in some)
                added += pool.map(put, some)
    return Landed(plays, sum(added), len(added) - sum(added))


def _days(found: Found, user: str) -> Iterator[File]:
    """The plays of each UTC day, as the files they land in."""
    common = {"user_id": user, "region": REGION, "exported_at": found.exported_at}
    for day, some in groupby(found.plays(), lambda play: play["ts"] // DAY_MS):
        rows = [common | play for play in some]
        folder = day_prefix("plays", (_EPOCH + timedelta(days=day)).date())
        yield f"{folder}region={REGION}/{found.service}.{_digest(rows)}.parquet", rows


def _catalog(found: Found) -> Iterator[File]:
    exported_at = found.exported_at
    for name, named in found.catalog():
        rows = [each | {"exported_at": exported_at} for each in named]
        if rows:
            yield _snapshot_key(name, f"{found.service}.{_digest(rows)}"), rows


def _listener(store: LandingStore, found: Found, user: str, time_zone: str | None) -> Iterator[File]:
    """The listener's snapshot, if it says something new: another zone than before is newer, even of the same export.

    Its name tells whose it is, its version and its zone, so that none has to be read.
    """
    whose, zone = _digest(user), _digest(time_zone)
    start = _snapshot_key("listeners", whose)[: -len(".parquet")]
    keys = [
        each.key for each in store.list_dimension("listeners").objects if each.key.startswith(f"{start}.")
    ]
    newest, last = max((_version(key) for key in keys), default=(-1, ""))
    if keys and (time_zone is None or last == zone):
        return
    at = max(found.exported_at, newest + 1)
    row = {"user_id": user, "display_name": None, "time_zone": time_zone, "exported_at": at}
    yield f"{start}.{at:015}.{zone}.parquet", [row]


def _version(key: str) -> tuple[int, str]:
    version, zone = key.removesuffix(".parquet").split(".")[-2:]
    return int(version), zone


def _snapshot_key(name: str, file: str) -> str:
    return f"{dimension_prefix(name)}region={REGION}/{file}.parquet"


def _digest(content: object) -> str:
    return sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:32]


def _put(store: LandingStore, key: str, rows: Sequence[dict[str, Any]], path: Path) -> bool:
    """Add a file; False when it is there."""
    import pyarrow.parquet as pq

    pq.write_table(_table(rows), path)
    try:
        store.put_new(key, path)
    except AlreadyThere:
        return False
    finally:
        path.unlink(missing_ok=True)
    return True


def _table(rows: Sequence[dict[str, Any]]) -> "pa.Table":
    import pyarrow as pa

    kinds = dict.fromkeys(_COUNTERS, pa.uint64()) | dict.fromkeys(_INSTANTS, pa.timestamp("ms", "UTC"))
    return pa.Table.from_pylist(rows, pa.schema([(name, kinds.get(name, pa.string())) for name in rows[0]]))
