"""Writing the content of a version: documents as they are made, several at a time, in bounded memory."""

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

from wrapped_assets.editions import index, object_keys
from wrapped_assets.editions.errors import WrongDocuments
from wrapped_assets.editions.manifest import Documents, Index, digest, digest_of_lines
from wrapped_assets.editions.store import Store
from wrapped_assets.progress import Progress

LABEL = "documents"
AT_ONCE = 32
"""A bucket makes a writer wait most of its time."""


def write_all(store: Store, objects: Iterable[tuple[str, bytes]]) -> None:
    """Write these, several at a time, and no more held than twice as many.

    All are there when it returns; the first that fails ends it, and no other begins.
    """
    pool, under_way = ThreadPoolExecutor(AT_ONCE), deque[Future[None]]()
    try:
        for key, content in objects:
            if len(under_way) >= 2 * AT_ONCE:
                under_way.popleft().result()
            under_way.append(pool.submit(store.write, key, content))
        for write in under_way:
            write.result()
    finally:
        pool.shutdown(cancel_futures=True)


def write_documents(
    store: Store, version: str, documents: Iterable[tuple[str, bytes]], total: int, progress: Progress
) -> list[index.Entry]:
    """Write each document under its SHA-256; returns the entries, about 250 bytes of memory for a subject.

    `version` is the folder. A document is never held longer than its write takes.
    """
    entries: list[index.Entry] = []

    def named() -> Iterator[tuple[str, bytes]]:
        for subject, content in documents:
            entries.append(entry_of(subject, content))
            yield f"{version}/{object_keys.document(entries[-1].sha256)}", content
            if len(entries) % 100 == 0:
                progress(LABEL, len(entries), total)

    write_all(store, named())
    progress(LABEL, total, total)
    return entries


def write_index(store: Store, version: str, entries: list[index.Entry]) -> Index:
    """Write the pieces of the index."""
    digits = index.digits_for(len(entries))
    write_all(store, ((f"{version}/{name}", piece) for name, piece in index.pieces(entries, digits)))
    return Index(digits=digits, bytes=sum(len(entry.line().encode()) for entry in entries))


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
