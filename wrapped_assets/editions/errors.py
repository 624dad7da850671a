"""What a publication refuses, each with what was seen and what to do next."""

from collections.abc import Sequence

from wrapped_assets.command import wrapped
from wrapped_assets.resources.errors import Refused


class PublicationRefused(Refused):
    """Base of everything here: nothing that readers see was changed."""


class StoreFailed(PublicationRefused):
    """The published store as a whole did not work."""

    def __init__(self, action: str, url: str, seen: str, then: str) -> None:
        super().__init__(f"Could not {action} in {url}.\n  {seen}\n  Next: {then}")


class Damaged(PublicationRefused):
    """Something that was published is gone or is not what it was."""

    def __init__(self, what: str, seen: str) -> None:
        super().__init__(
            f"{what} cannot be used.\n  {seen}\n"
            "  Next: put it back from a backup of the published store, or promote a version that is whole"
            f" (`{wrapped('versions --year Y')}` lists them, `{wrapped('promote --year Y --version N')}`)."
        )


class NotPublished(PublicationRefused):
    """There is no such version."""

    def __init__(self, year: int, number: int | None, seen: str) -> None:
        subject = f"version {number} of {year}" if number else f"version of {year} to promote"
        super().__init__(
            f"There is no {subject}.\n  {seen}\n  Next: `{wrapped(f'publish --year {year}')}` makes the next one,"
            f" `{wrapped(f'promote --year {year} --version N')}` promotes one that is listed."
        )


class SampleStays(PublicationRefused):
    """A dry run cannot be promoted."""

    def __init__(self, year: int, number: int, documents: int, subjects: int) -> None:
        super().__init__(
            f"Version {number} of {year} was not promoted.\n"
            f"  It is a dry run, with {documents:,} of {subjects:,} documents.\n"
            f"  Next: `{wrapped(f'publish --year {year}')}` without --sample, then promote that version."
        )


class ChecksFailed(PublicationRefused):
    """A version whose edition broke a rule when it was made."""

    def __init__(self, year: int, number: int, failed: Sequence[str]) -> None:
        listed = ", ".join(failed)
        super().__init__(
            f"Version {number} of {year} was not promoted.\n"
            f"  What it was made from failed {len(failed)} check{'s' if len(failed) > 1 else ''}: {listed}.\n"
            f"  Next: `{wrapped(f'check --year {year}')}` shows the broken rows, docs/operations.md#checks what to do;"
            f" once it passes, `{wrapped(f'publish --year {year}')}` and promote the new version."
        )


class FrozenEditionChanges(PublicationRefused):
    """What would be published differs from a frozen edition that was published before."""

    def __init__(self, year: int, number: int, seen: str) -> None:
        super().__init__(
            f"The {year} edition was not published again: it is frozen, and version {number} holds it.\n"
            f"  What the warehouse has now differs: {seen}.\n"
            "  Next: keep that version; if the warehouse was built anew since, put back its backup with the record of the"
            " frozen edition (docs/operations.md#recovery)."
        )


class MaybeFrozen(PublicationRefused):
    """A frozen edition, and a version that cannot be read and may hold it already."""

    def __init__(self, year: int, number: int, folder: str) -> None:
        super().__init__(
            f"The {year} edition was not published: it is frozen, and version {number} may hold it already.\n"
            f"  That version is damaged, so it cannot be compared (`{wrapped(f'versions --year {year}')}`).\n"
            f"  Next: put back {folder} from a backup of the published store; or, if it was never promoted, delete it and publish again."
        )


class PromotedMeanwhile(PublicationRefused):
    """Somebody else moved the pointer at the same moment."""

    def __init__(self, year: int, wanted: int, current: int) -> None:
        super().__init__(
            f"Version {wanted} of {year} was not promoted.\n"
            f"  Somebody else promoted or rolled back a moment ago: version {current} is current now.\n"
            f"  Next: look at it (`{wrapped(f'versions --year {year}')}`), then run this again if it is still wanted."
        )


class NothingBefore(PublicationRefused):
    """No version was current before this one."""

    def __init__(self, year: int, seen: str) -> None:
        super().__init__(
            f"{year} was not rolled back.\n  {seen}\n"
            f"  Next: `{wrapped(f'versions --year {year}')}` lists what can be promoted."
        )


class WrongDocuments(PublicationRefused):
    """The documents that were made are not those that were announced; a defect, or two writers."""

    def __init__(self, year: int, number: int, seen: str) -> None:
        super().__init__(
            f"Version {number} of {year} was left incomplete, and nobody reads it.\n  {seen}\n"
            f"  Next: `{wrapped(f'publish --year {year}')}` again makes another version; if it says the same, report it."
        )
