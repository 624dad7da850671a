"""Which landing files are new, and taking them in: the exact difference between a listing and the ledger."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from wrapped_assets import layout
from wrapped_assets.families import DIMENSIONS
from wrapped_assets.periods import Span
from wrapped_assets.progress import Progress
from wrapped_assets.resources.landing_store import Fetched, LandingObject, LandingStore, UnreadableName
from wrapped_assets.resources.warehouse import Fetch, ImportReport, LandedFile, Writer

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
    span: Span,
    now: datetime,
    progress: Progress,
) -> Import:
    """Take in every file of these folder days that the ledger does not hold in its present version."""
    done = Import()
    folders = [day for day in store.days(family).days if day in span]
    new: list[LandingObject] = []
    known = writer.known(family, folders) if folders else {}
    for number, day in enumerate(folders):
        try:
            listing = store.list_day(family, day)
        except UnreadableName as error:
            done.unread[f"{family}/dt={day}"] = str(error)
            continue
        new += [item for item in listing if known.get(item.key) != item.etag]
        if len(new) >= BATCH_FILES:
            new = _take(writer, store, family, new, now, done, keep_rest=True)
        progress(f"landing/{family}", number, len(folders))
    _take(writer, store, family, new, now, done, keep_rest=False)
    progress(f"landing/{family}", len(folders), len(folders))
    return done


def import_dimension(writer: Writer, store: LandingStore, name: str, now: datetime) -> Import:
    """Take in every snapshot of a dimension that the ledger does not hold in its present version."""
    done = Import()
    known = writer.known(name, None)
    new = [item for item in store.list_dimension(name) if known.get(item.key) != item.etag]
    _take(writer, store, name, new, now, done, keep_rest=False)
    return done


def _take(
    writer: Writer,
    store: LandingStore,
    source: str,
    new: Sequence[LandingObject],
    now: datetime,
    done: Import,
    keep_rest: bool,
) -> list[LandingObject]:
    """Import in batches; returns what is too little for one when `keep_rest`."""
    batches = list(_batches(new))
    rest = batches.pop() if keep_rest and batches else []
    for batch in batches:
        with store.fetch(batch) as fetched:
            files = [_landed_file(source, item, fetched) for item in batch if item.key in fetched.paths]
            if files:
                done.report += writer.take(source, files, now)
            done.unread |= {key: str(problem) for key, problem in fetched.problems.items()}
    return rest


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
    place = layout.parse(item.key)
    region = place.region if place else None
    return LandedFile(
        item.key, item.etag, item.size, _folder_day(source, item.key), region, fetched.paths[item.key]
    )


def _folder_day(source: str, key: str) -> date | None:
    return None if source in DIMENSIONS else layout.day_of_folder(key.split("/")[1])


def fetching(store: LandingStore) -> Fetch:
    """How the warehouse gets at landing files it names by its ledger."""
    return lambda files: store.fetch([LandingObject(file.key, file.etag, file.size) for file in files])
