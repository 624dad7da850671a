"""From an open warehouse to what is published of it: an edition's documents, piece by piece."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import partial

from wrapped_assets.command import wrapped
from wrapped_assets.editions import CheckResult, Contents
from wrapped_assets.products import DEFAULT
from wrapped_assets.resources.errors import Refused
from wrapped_assets.resources.warehouse import Reader
from wrapped_assets.snapshot.from_warehouse import write_snapshot

# The days of 400 customers take about 40 MB while they are Python's objects.
PIECE = 400


class NothingToPublish(Refused):
    """The year was never summarized."""

    def __init__(self, year: int, known: Sequence[int]) -> None:
        listed = ", ".join(map(str, known)) or "none"
        super().__init__(
            f"Nothing of {year} can be published: the warehouse holds no summary of it.\n"
            f"  Editions built so far: {listed}.\n"
            f"  Next: `{wrapped(f'build --year {year}')}`, then publish again."
        )


class OrganizationsDisagree(Refused):
    """Regions give an organization to different customers: a document would add up what belongs to both."""

    def __init__(self, year: int, disputes: Sequence[str]) -> None:
        super().__init__(
            f"Nothing of {year} was published: regions disagree on who owns an organization.\n"
            f"  {'; '.join(disputes)}.\n"
            "  Next: an organization_id is one organization in all regions. Put a newer snapshot of organizations that says"
            f" the same as the other region's, then `{wrapped(f'build --year {year}')}` and publish again."
        )


def edition_of(
    reader: Reader, year: int, sample: bool, check_all: Callable[[], Sequence[CheckResult]]
) -> Contents:
    """What to publish of a year; NothingToPublish when it was never summarized, OrganizationsDisagree while owners are disputed.

    A dry run has no serving snapshot. Nor has a frozen edition that was not published before rows came too late for it: the
    rollups follow them, and would say more than its documents.
    """
    edition = reader.edition(year)
    if edition is None:
        raise NothingToPublish(year, reader.editions())
    if disputes := reader.pending().disputes:
        raise OrganizationsDisagree(year, disputes)
    subjects, left_out = list(reader.recipients(year)), reader.left_out(year)
    # What the documents made so far add up to; of errors, those that are known.
    totals: Counter[str] = Counter(customers=0, requests=0)

    def documents(subjects: Sequence[str]) -> Iterator[tuple[str, bytes]]:
        nonlocal totals
        for start in range(0, len(subjects), PIECE):
            for facts in reader.facts(year, subjects[start : start + PIECE]):
                made = DEFAULT.document(facts, edition)
                totals += Counter(DEFAULT.totals(made))
                yield facts["wrapped_id"], made.published().to_json()

    def checked() -> Sequence[CheckResult]:
        whole = [] if sample else [_every_request(reader, year, totals["requests"])]
        return [*check_all(), *whole]

    return Contents(
        year=year,
        through=edition.through,
        generated_at=edition.generated_at,
        frozen=edition.frozen,
        left_out=left_out,
        subjects=subjects,
        documents=documents,
        write_snapshot=None if sample or left_out else partial(write_snapshot, reader),
        totals=lambda: totals,
        checks=checked,
    )


def _every_request(reader: Reader, year: int, published: int) -> CheckResult:
    """Whether the documents together hold the requests that the edition counts by month."""
    held = sum(reader.requests_by_month(year))
    return CheckResult(
        asset="wrapped_publication",
        name="documents_hold_every_request",
        result="passed" if published == held else "failed",
    )
