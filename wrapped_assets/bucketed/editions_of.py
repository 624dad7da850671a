"""From the settings to the file of an edition, alone or beside the warehouse that its events come from."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import duckdb

from wrapped_assets.bucketed.edition_database import EditionDatabase, EditionMissing
from wrapped_assets.product import BucketedProduct
from wrapped_assets.resources.duckdb.connection import connect
from wrapped_assets.resources.errors import WarehouseBusy
from wrapped_assets.resources.identity import wrapped_id
from wrapped_assets.resources.open import engine_of
from wrapped_assets.resources.warehouse import Beside, Reader
from wrapped_assets.settings import Settings


@contextmanager
def open_edition(
    settings: Settings, product: BucketedProduct, year: int, read_only: bool = False
) -> Iterator[EditionDatabase]:
    """The edition of a product, to compute or to read; EditionMissing when there is nothing to read."""
    path = _edition_path(settings, product, year)
    if read_only and not path.exists():
        raise EditionMissing(product.name, year)
    with connect(path, engine_of(settings), read_only=read_only, patience=0 if read_only else 600) as con:
        yield _edition(con, settings, product, year)


@contextmanager
def open_edition_beside(
    reader: Reader, settings: Settings, product: BucketedProduct, year: int
) -> Iterator[tuple[Beside, EditionDatabase]]:
    """The same, beside the warehouse that its events come from."""
    with reader.beside(_edition_path(settings, product, year)) as beside:
        yield beside, _edition(beside.con, settings, product, year)


def edition_exists(settings: Settings, product: BucketedProduct, year: int) -> bool:
    """Whether anything of an edition was computed."""
    return _edition_path(settings, product, year).exists()


# What this process last saw of each edition that had nothing to follow: opening one costs more than all the rest of a look.
_up_to_date: dict[Path, tuple[object, ...]] = {}


def stale_editions(reader: Reader, settings: Settings, product: BucketedProduct) -> set[int]:
    """The years whose edition has something to follow: those with events in their window, and those that were computed before.

    One that a run is computing at the moment is none of them.
    """
    versions = reader.raw_versions(product.family.name)
    people, found = reader.snapshot_version(product.people), set()
    for year in sorted({day.year for day in versions}):
        window, path = product.window(year, settings.listening_window), _edition_path(settings, product, year)
        if not path.exists():
            # The first day alone may be the evening of the year before, west of UTC.
            since = window.start + timedelta(days=window.start - timedelta(days=1) in versions)
            if any(since <= day < window.end for day in versions):
                found.add(year)
            continue
        files = sorted(path.parent.glob(f"{path.name}*"))
        written = tuple((file.name, file.stat().st_mtime_ns) for file in files)
        looked_at = (written, tuple(versions.items()), people, settings.listening_window)
        if _up_to_date.get(path) == looked_at:
            continue
        with suppress(WarehouseBusy), open_edition(settings, product, year, read_only=True) as edition:
            if edition.is_stale(versions, people):
                found.add(year)
            else:
                _up_to_date[path] = looked_at
    return found


def _edition_path(settings: Settings, product: BucketedProduct, year: int) -> Path:
    return settings.home / product.name / f"{year}.duckdb"


def _edition(
    con: duckdb.DuckDBPyConnection, settings: Settings, product: BucketedProduct, year: int
) -> EditionDatabase:
    window, secret = product.window(year, settings.listening_window), settings.secret()
    freeze_at = datetime.combine(window.end, time(), UTC) + timedelta(days=settings.listening_freeze_days)

    # A subject of another product may have the same internal id, and must not have the same link.
    def public_id(subject: str) -> str:
        return wrapped_id(secret, f"{product.name}\0{subject}")

    return EditionDatabase(con, product, window, settings.listening_buckets, freeze_at, public_id)
