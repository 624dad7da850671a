"""What versions there are of a year, and whether one is all there."""

from collections.abc import Iterator
from dataclasses import dataclass

from wrapped_assets.editions import object_keys
from wrapped_assets.editions.errors import Damaged, NotPublished
from wrapped_assets.editions.manifest import Manifest, digest
from wrapped_assets.editions.pointer import Promotion
from wrapped_assets.editions.store import Store
from wrapped_assets.editions.version import Caches, Version

_CONTROLS = (object_keys.MANIFEST, object_keys.COMPLETE)


@dataclass(frozen=True)
class Listed:
    """A version as the store has it; `version` is None when it is damaged, or has no marker: nobody reads it."""

    number: int
    version: Version | None
    damage: Damaged | None = None


def versions(store: Store, year: int) -> Iterator[Listed]:
    """Every version of a year, the newest first. A damaged one hides none of the others."""
    for number in reversed(object_keys.numbers(store.names(object_keys.editions(year)), object_keys.NUMBER)):
        try:
            yield Listed(number, find(store, year, number))
        except Damaged as damage:
            yield Listed(number, None, damage)


def find(store: Store, year: int, number: int) -> Version | None:
    """A version that has its marker; Damaged when its manifest is not the one that the marker was written for."""
    marker = store.read(f"{object_keys.version(year, number)}/{object_keys.COMPLETE}")
    if marker is None:
        return None
    return _load(store, year, number, marker.decode(errors="replace").strip())


def promoted(store: Store, promotion: Promotion, caches: Caches | None = None) -> Version:
    """The version that a promotion names, with the very manifest that was promoted; Damaged when it is not there."""
    return _load(store, promotion.year, promotion.number, promotion.manifest, caches)


def _load(store: Store, year: int, number: int, sha256: str, caches: Caches | None = None) -> Version:
    key = f"{object_keys.version(year, number)}/{object_keys.MANIFEST}"
    what = f"Version {number} of {year}"
    content = store.read(key)
    if content is None:
        raise Damaged(what, f"{key} is not there.")
    if digest(content) != sha256:
        raise Damaged(what, f"{key} is not the one that was completed and promoted.")
    return Version(Manifest.from_bytes(content, what), sha256, store, caches or Caches())


def complete(store: Store, year: int, number: int | None) -> Version:
    """That version, or without a number the newest one that is no dry run; NotPublished when there is none.

    Damaged when it is that: an older one is never taken for the newest.
    """
    if number is not None:
        found = find(store, year, number)
        if found is None:
            raise NotPublished(year, number, _seen(store, year))
        return found
    for listed in versions(store, year):
        if listed.damage:
            raise listed.damage
        if listed.version and not listed.version.manifest.sample:
            return listed.version
    raise NotPublished(year, None, _seen(store, year))


def frozen(store: Store, year: int) -> Version | None:
    """The newest version that holds the frozen edition of a year; None when it was never published, as far as can be read."""
    for listed in versions(store, year):
        if listed.version and listed.version.manifest.frozen and not listed.version.manifest.sample:
            return listed.version
    return None


def unknown(store: Store, year: int) -> Listed | None:
    """A damaged version that may hold the frozen edition: nothing was published after it that was not a dry run."""
    for listed in versions(store, year):
        if listed.damage:
            return listed
        if listed.version and not listed.version.manifest.sample:
            return None
    return None


def content(store: Store, year: int, number: int) -> tuple[int, int]:
    """How many objects lie in a version, and their bytes; its manifest and its marker aside."""
    objects = size = 0
    for name, held in store.sizes(object_keys.version(year, number)):
        if name not in _CONTROLS:
            objects += 1
            size += held
    return objects, size


def refuse_gaps(version: Version) -> None:
    """Damaged unless everything that the manifest counts is there, by number and bytes; nothing is read."""
    seen, expected = content(version.store, version.year, version.number), version.manifest.content()
    if seen != expected:
        raise Damaged(
            f"Version {version.number} of {version.year}",
            f"It holds {seen[0]:,} objects with {seen[1]:,} bytes; published were {expected[0]:,} with {expected[1]:,}.",
        )


def _seen(store: Store, year: int) -> str:
    told = [
        f"{each.number} (damaged)"
        if each.damage
        else f"{each.number} (left incomplete)"
        if each.version is None
        else f"{each.number} (a dry run)"
        if each.version.manifest.sample
        else str(each.number)
        for each in versions(store, year)
    ]
    return f"Versions in {store.url}: {', '.join(told) or 'none'}."
