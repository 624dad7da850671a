"""The publisher's side: a new version, the move of the pointer to it, and back.

Content first, marker last. A version is written under a number that nobody else has, and readers come to it only by the pointer,
which moves to a version that has its marker. So whatever stops a publisher, readers keep the version they had, whole, and
publishing again makes the next one.
"""

import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from wrapped_assets import progress
from wrapped_assets.editions import catalog, object_keys, pointer
from wrapped_assets.editions.contents import Contents, Outcome
from wrapped_assets.editions.errors import (
    ChecksFailed,
    FrozenEditionChanges,
    MaybeFrozen,
    NothingBefore,
    PromotedMeanwhile,
    SampleStays,
    WrongDocuments,
)
from wrapped_assets.editions.index import sampled
from wrapped_assets.editions.manifest import Manifest, Snapshot, digest, digest_of_file
from wrapped_assets.editions.pointer import Promotion, Why
from wrapped_assets.editions.store import Store
from wrapped_assets.editions.version import Version
from wrapped_assets.editions.writing import (
    LABEL,
    entry_of,
    refuse_wrong_subjects,
    summed,
    write_documents,
    write_index,
)
from wrapped_assets.progress import Progress


def _now() -> datetime:
    return datetime.now(UTC)


class Publisher:
    """Publishes to one store. Several may work at once, also on several machines."""

    def __init__(
        self, store: Store, now: Callable[[], datetime] = _now, progress: Progress = progress.report
    ) -> None:
        self.store = store
        self._now = now
        self._progress = progress

    def publish(self, contents: Contents, sample: bool = False) -> Outcome:
        """Write a new complete version, not yet read by anybody; with `sample` a dry run of a hundredth of the subjects.

        A frozen edition that was published before is compared with it instead, and never written a second time: raises
        FrozenEditionChanges when it differs, MaybeFrozen when a damaged version may be what to compare with.
        """
        held = None if sample else catalog.frozen(self.store, contents.year)
        if held is not None:
            _refuse_changes(held, contents, self._progress)
            return Outcome(held.manifest, made=False)
        if contents.frozen and not sample and (damaged := catalog.unknown(self.store, contents.year)):
            raise MaybeFrozen(
                contents.year, damaged.number, object_keys.version(contents.year, damaged.number)
            )
        subjects = sampled(contents.subjects) if sample else list(contents.subjects)
        number = self._claim(contents.year)
        folder = object_keys.version(contents.year, number)
        documents = contents.documents(subjects)
        entries = write_documents(self.store, folder, documents, len(subjects), self._progress)
        refuse_wrong_subjects(contents.year, number, subjects, entries)
        pieces = write_index(self.store, folder, entries)
        snapshot = self._write_snapshot(contents, folder)
        self.store.flush()
        manifest = Manifest(
            year=contents.year,
            number=number,
            made_at=self._now(),
            through=contents.through,
            generated_at=contents.generated_at,
            frozen=contents.frozen,
            left_out=contents.left_out,
            sample=sample,
            subjects=len(contents.subjects),
            documents=summed(entries),
            index=pieces,
            snapshot=snapshot,
            totals=dict(contents.totals()),
            checks=list(contents.checks()),
        )
        self._complete(manifest)
        return Outcome(manifest, made=True)

    def version(self, year: int, number: int) -> Version:
        """A complete version, promoted or not; NotPublished when there is none with this number."""
        return catalog.complete(self.store, year, number)

    def current(self, year: int) -> Promotion | None:
        """The move of the pointer that counts now; None when nothing was promoted."""
        return pointer.newest(self.store, year)

    def promote(self, year: int, number: int | None = None) -> Promotion:
        """Make a version current, without one the newest; nothing happens when it is already.

        Raises SampleStays, ChecksFailed, NotPublished or Damaged for a version that may not be read, PromotedMeanwhile
        when somebody else was faster.
        """
        version = catalog.complete(self.store, year, number)
        manifest = version.manifest
        if manifest.sample:
            raise SampleStays(year, manifest.number, manifest.documents.count, manifest.subjects)
        if failed := manifest.failed():
            raise ChecksFailed(year, manifest.number, failed)
        catalog.refuse_gaps(version)
        before = pointer.newest(self.store, year)
        if before and before.number == manifest.number:
            return before
        return self._move(version, "promote", before, before.sequence if before else None)

    def rollback(self, year: int) -> Promotion:
        """Make the version current again that was so before; repeated, the one before that."""
        current = pointer.newest(self.store, year)
        if current is None or current.before is None:
            seen = (
                f"Version {current.number} was the first one promoted."
                if current
                else "Nothing was promoted yet."
            )
            raise NothingBefore(year, seen)
        target = pointer.read(self.store, year, current.before)
        version = catalog.promoted(self.store, target)
        catalog.refuse_gaps(version)
        return self._move(version, "rollback", current, target.before)

    def _claim(self, year: int) -> int:
        """A number that nobody ever had and nobody else will get."""
        taken = object_keys.numbers(self.store.names(object_keys.claims(year)), object_keys.NUMBER)
        number = max(taken, default=0) + 1
        mine = f"{uuid4().hex} {self._now():%Y-%m-%dT%H:%M:%SZ}\n".encode()
        while not self.store.create(f"{object_keys.claims(year)}/v{number}", mine):
            number += 1
        return number

    def _write_snapshot(self, contents: Contents, folder: str) -> Snapshot | None:
        if contents.write_snapshot is None:
            return None
        with tempfile.TemporaryDirectory(prefix="wrapped-publication-") as scratch:
            path = Path(scratch) / object_keys.SNAPSHOT
            contents.write_snapshot(path, contents.year)
            self.store.write(f"{folder}/{object_keys.SNAPSHOT}", path)
            return Snapshot(bytes=path.stat().st_size, sha256=digest_of_file(path))

    def _complete(self, manifest: Manifest) -> None:
        """Write the marker, once what lies there is what was written, and nothing else."""
        folder = object_keys.version(manifest.year, manifest.number)
        seen, expected = catalog.content(self.store, manifest.year, manifest.number), manifest.content()
        if seen != expected:
            told = f"It holds {seen} (objects, bytes), written were {expected}."
            raise WrongDocuments(manifest.year, manifest.number, told)
        content = manifest.to_bytes()
        for name, bytes_of in (
            (object_keys.MANIFEST, content),
            (object_keys.COMPLETE, f"{digest(content)}\n".encode()),
        ):
            if not self.store.create(f"{folder}/{name}", bytes_of):
                raise WrongDocuments(manifest.year, manifest.number, f"Somebody else wrote its {name}.")

    def _move(self, version: Version, why: Why, current: Promotion | None, before: int | None) -> Promotion:
        promotion = Promotion(
            sequence=current.sequence + 1 if current else 1,
            year=version.year,
            number=version.number,
            manifest=version.manifest_sha256,
            why=why,
            moved_at=self._now(),
            before=before,
            token=uuid4().hex,
        )
        if not pointer.move(self.store, promotion):
            winner = pointer.read(self.store, version.year, promotion.sequence)
            raise PromotedMeanwhile(version.year, version.number, winner.number)
        return promotion


def _refuse_changes(held: Version, contents: Contents, progress: Progress) -> None:
    """FrozenEditionChanges unless the edition still has exactly the documents of this version."""
    made, differing = 0, []
    documents = contents.documents(contents.subjects) if contents.frozen else ()
    for subject, content in documents:
        made += 1
        entry = entry_of(subject, content)
        if held.entry(subject) != (entry.sha256, entry.size):
            differing.append(subject)
        progress(LABEL, made, len(contents.subjects))
    if not contents.frozen:
        seen = "the edition is not frozen there"
    elif differing:
        seen = f"{len(differing):,} documents are other ones, the first is that of {min(differing)}"
    elif made != held.manifest.documents.count:
        seen = f"it has {made:,} documents instead of {held.manifest.documents.count:,}"
    else:
        return
    raise FrozenEditionChanges(contents.year, held.number, seen)
