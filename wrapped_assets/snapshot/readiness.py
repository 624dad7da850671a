"""Whether a warehouse can be served: nothing that its own tables still have to follow may be missing from a snapshot."""

from wrapped_assets.product import Edition
from wrapped_assets.resources.errors import SnapshotNotReady
from wrapped_assets.resources.warehouse import Reader


def followed_edition(reader: Reader, year: int) -> Edition | None:
    """The edition of a year; SnapshotNotReady with what is missing, unless all that raw holds has reached the levels of the year
    and of the one before, with which its documents compare, the names, the owners, on whom regions agree, and the documents.

    Files that raw does not hold yet are no hindrance: the snapshot names their hours, and serving reads them itself. A frozen
    edition for which landing rows came too late can no longer be served: its rollups hold them, its documents do not.
    """
    pending, edition, left_out = reader.pending(), reader.edition(year), reader.left_out(year)
    missing = [*pending.holding_up(year), *pending.disputes]
    if left_out:
        missing.insert(0, f"its edition is frozen and {left_out} landing rows came later")
    if edition and not edition.frozen and year in pending.documents:
        missing.append("its summaries have changes to follow")
    if missing:
        raise SnapshotNotReady(year, missing)
    return edition
