"""Writing the content of a version: documents as they are made, several at a time, in bounded memory."""

from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager

from wrapped_assets.editions import index, object_keys
from wrapped_assets.editions.errors import WrongDocuments
from wrapped_assets.editions.manifest import Documents, Index, digest, digest_of_lines
from wrapped_assets.editions.store import Store
from wrapped_assets.progress import Progress

LABEL = "documents"


class Uploads:
    """Writes under way. As many are waiting as are being made, so that a slow store holds up whoever makes documents."""

    def __init__(self, store: Store, pool: ThreadPoolExecutor | None) -> None:
        self._store = store
        self._pool = pool
        self._open: set[Future[None]] = set()

    def write(self, key: str, content: bytes) -> None:
        """Write this, now or soon; raises what an earlier write raised."""
        if self._pool is None:
            self._store.write(key, content)
            return
        if len(self._open) >= 2 * self._store.at_once:
            self._settle(wait(self._open, return_when=FIRST_COMPLETED).done)
        self._open.add(self._pool.submit(self._store.write, key, content))

    def finish(self) -> None:
        """Wait for the rest; raises what any of them raised."""
        self._settle(wait(self._open).done)

    def _settle(self, done: set[Future[None]]) -> None:
        self._open -= done
        for future in done:
            future.result()


@contextmanager
def uploads(store: Store) -> Iterator[Uploads]:
    """Writes that all are done when the block ends; the first that fails ends it, and no other begins."""
    if store.at_once == 1:
        yield Uploads(store, None)
        return
    pool = ThreadPoolExecutor(store.at_once)
    try:
        writes = Uploads(store, pool)
        yield writes
        writes.finish()
    finally:
        pool.shutdown(cancel_futures=True)


def write_documents(
    store: Store, version: str, documents: Iterable[tuple[str, bytes]], total: int, progress: Progress
) -> list[index.Entry]:
    """Write each document under its SHA-256; returns the entries, about 250 bytes of memory for a subject.

    `version` is the folder. A document is never held longer than its write takes.
    """
    entries: list[index.Entry] = []
    with uploads(store) as writes:
        for subject, content in documents:
            entry = entry_of(subject, content)
            entries.append(entry)
            writes.write(f"{version}/{object_keys.document(entry.sha256)}", content)
            if len(entries) % 100 == 0:
                progress(LABEL, len(entries), total)
    progress(LABEL, total, total)
    return entries


def write_index(store: Store, version: str, entries: list[index.Entry]) -> Index:
    """Write the pieces of the index."""
    digits = index.digits_for(len(entries))
    written = 0
    with uploads(store) as writes:
        for name, piece in index.pieces(entries, digits):
            writes.write(f"{version}/{name}", piece)
            written += len(piece)
    return Index(digits=digits, bytes=written)


def entry_of(subject: str, content: bytes) -> index.Entry:
    """The line that a document gets in the index."""
    return index.Entry(subject, index.DOCUMENT, digest(content), len(content))


def summed(entries: Iterable[index.Entry]) -> Documents:
    """The documents of these entries together."""
    ordered = sorted(entries)
    sizes = {bytes.fromhex(entry.sha256): entry.size for entry in ordered}
    return Documents(
        count=len(ordered),
        objects=len(sizes),
        bytes=sum(sizes.values()),
        sha256=digest_of_lines(entry.line() for entry in ordered),
    )


def refuse_wrong_subjects(
    year: int, number: int, announced: list[str], entries: Iterable[index.Entry]
) -> None:
    """WrongDocuments unless each announced subject got exactly one document."""
    made = sorted(entry.subject for entry in entries)
    if made == sorted(announced):
        return
    missing = sorted(set(announced) - set(made))
    seen = f"{len(announced):,} documents were announced and {len(made):,} made"
    raise WrongDocuments(year, number, f"{seen}; missing are {missing[:3] or 'none, but some came twice'}.")
