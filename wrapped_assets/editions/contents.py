"""What is given to the publisher, and what comes back."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from wrapped_assets.editions.manifest import CheckResult, Manifest


@dataclass(frozen=True)
class Contents:
    """An edition to publish: what it says of itself, and where its documents come from."""

    year: int
    through: datetime
    generated_at: datetime
    frozen: bool
    left_out: int
    subjects: Sequence[str]
    documents: Callable[[Sequence[str]], Iterable[tuple[str, bytes]]]
    """Makes the documents of these subjects, each once, in any order."""

    write_snapshot: Callable[[Path, int], object] | None
    """Writes the serving snapshot of a year to a path; None for a version without one."""

    totals: Callable[[], Mapping[str, int]]
    """Sums over the documents made so far, of errors over those that know them."""

    checks: Callable[[], Sequence[CheckResult]]
    """How the checks ended; asked once the documents are made."""


@dataclass(frozen=True)
class Outcome:
    """The version that publishing led to; `made` is false when a frozen edition already was published."""

    manifest: Manifest
    made: bool
