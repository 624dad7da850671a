"""Whether a warehouse can be served: nothing that its own tables still have to follow may be missing from a snapshot.

Files that raw does not hold yet are no hindrance: the snapshot names their hours, and serving reads them itself.
"""

from collections.abc import Iterator

from wrapped_assets.product import Edition
from wrapped_assets.resources.errors import SnapshotNotReady
from wrapped_assets.resources.warehouse import Pending


def require_followed(year: int, pending: Pending, edition: Edition | None, left_out: int) -> None:
    """Raise SnapshotNotReady with what is missing, unless all that raw holds has reached the levels of the year and of the one
    before, with which its documents compare, the names, the owners, on whom regions agree, and the documents of a live edition.

    `left_out` is the number of landing rows that came too late for a frozen edition: its rollups hold them, its
    documents do not, so they can no longer be served as one.
    """
    missing = list(_missing(year, pending, edition, left_out))
    if missing:
        raise SnapshotNotReady(year, missing)


def _missing(year: int, pending: Pending, edition: Edition | None, left_out: int) -> Iterator[str]:
    if edition and edition.frozen and left_out:
        yield f"its edition is frozen and {left_out} landing rows came later"
    yield from pending.holding_up(year)
    yield from pending.disputes
    if edition and not edition.frozen and year in pending.documents:
        yield "its summaries have changes to follow"
