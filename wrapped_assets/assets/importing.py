"""Which landing files are new, and importing them: the exact difference between a listing and the ledger."""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from wrapped_assets.landing import layout
from wrapped_assets.landing.objects import Fetched, LandingObject, Listing, Problem
from wrapped_assets.landing.store import LandingStore
from wrapped_assets.periods import Span
from wrapped_assets.products import DIMENSIONS
from wrapped_assets.progress import Progress
from wrapped_assets.resources.errors import LandingFilesGone
from wrapped_assets.resources.warehouse import Fetch, ImportReport, LandedFile, RefreshReport, Writer

# Files imported in one transaction: few enough to spool, enough to share a query.
BATCH_FILES = 500
BATCH_BYTES = 1_000_000_000


@dataclass
class Import:
    """What an import did, and what it could not look at."""

    report: ImportReport = field(default_factory=ImportReport)
    unread: dict[str, str] = field(default_factory=dict)


def import_days(
    writer: Writer,
    store: LandingStore,
    family: str,
    days: Container[date],
    now: datetime,
    progress: Progress,
) -> Import:
    """Import every file of these folder days that the ledger does not hold in its present version."""
    folders = [day for day in store.days(family).days if day in days]
    known = writer.known(family, folders) if folders else {}
    done = Import()

    def new() -> Iterator[LandingObject]:
        for number, day in enumerate(folders, 1):
            listing = store.list_day(family, day)
            done.unread |= listing.skipped
            yield from _new(listing, known)
            progress(f"landing/{family}", number, len(folders))

    _import(writer, store, family, new(), now, done)
    return done


def import_dimension(writer: Writer, store: LandingStore, name: str, now: datetime) -> Import:
    """Import every snapshot of a dimension that the ledger does not hold in its present version."""
    listing = store.list_dimension(name)
    done = Import(unread=dict(listing.skipped))
    _import(writer, store, name, _new(listing, writer.known(name, None)), now, done)
    return done


def refresh_raw(
    writer: Writer,
    store: LandingStore,
    family: str,
    span: Span,
    full: bool,
    now: datetime,
    progress: Progress,
) -> RefreshReport:
    """Bring raw up to date for these days.

    A day may need files of other days' folders. Those that are other versions than the ledger's, as all are in a folder that
    was restored from a backup, are imported first.
    """
    try:
        return writer.refresh_raw(family, span, fetching(store), full, progress)
    except LandingFilesGone as gone:
        changed = [key for key, problem in gone.problems.items() if problem == Problem.CHANGED]
        folders = {day for key in changed if (day := _folder_day(family, key))}
        if not folders:
            raise
        import_days(writer, store, family, folders, now, progress)
        # All that could be read is refreshed; the import left the rest to be rebuilt.
        return writer.refresh_raw(family, span, fetching(store), False, progress)


def _new(listing: Listing, known: Mapping[str, str]) -> list[LandingObject]:
    return [item for item in listing.objects if known.get(item.key) != item.etag]


def _import(
    writer: Writer,
    store: LandingStore,
    source: str,
    new: Iterable[LandingObject],
    now: datetime,
    done: Import,
) -> None:
    for batch in _batches(new):
        with store.fetch(batch) as fetched:
            files = [_landed_file(source, item, fetched) for item in batch if item.key in fetched.paths]
            done.unread |= {key: str(problem) for key, problem in fetched.problems.items()}
            _import_present(writer, source, files, now, done)


def _import_present(
    writer: Writer, source: str, files: Sequence[LandedFile], now: datetime, done: Import
) -> None:
    """Import those of these files that are still there when they are read."""
    while files:
        try:
            done.report += writer.take(source, files, now)
            return
        except Exception:
            gone = [file.key for file in files if not file.path.exists()]
            if not gone:
                raise
            done.unread |= dict.fromkeys(gone, str(Problem.VANISHED))
            files = [file for file in files if file.key not in gone]


def _batches(new: Iterable[LandingObject]) -> Iterator[list[LandingObject]]:
    batch: list[LandingObject] = []
    size = 0
    for item in new:
        if batch and (len(batch) >= BATCH_FILES or size + item.size > BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(item)
        size += item.size
    if batch:
        yield batch


def _landed_file(source: str, item: LandingObject, fetched: Fetched) -> LandedFile:
    place, day = layout.parse(item.key), _folder_day(source, item.key)
    region = place.region if place else None
    return LandedFile(item.key, item.etag, item.size, day, region, fetched.paths[item.key])


def _folder_day(source: str, key: str) -> date | None:
    return None if source in DIMENSIONS else layout.day_of_folder(key.split("/")[1])


def fetching(store: LandingStore) -> Fetch:
    """How the warehouse gets at landing files it names by its ledger."""
    return lambda files: store.fetch([LandingObject(file.key, file.etag, file.size) for file in files])
