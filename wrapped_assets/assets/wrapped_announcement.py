"""wrapped_announcement: the e-mail to each customer of an edition, as files, and the table that a mail system reads.

What is written is in wrapped_assets/serving/pages/announcement.py; this module says to whom. Nothing is sent.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import dagster as dg

from wrapped_assets.access.registry import Link
from wrapped_assets.assets import handouts
from wrapped_assets.assets.common import column_schema, describe, refusals_are_final, reporter
from wrapped_assets.assets.plots import markdown_table
from wrapped_assets.assets.stores import RegistryResource
from wrapped_assets.resources.errors import Refused
from wrapped_assets.resources.warehouse import Reader, Warehouse
from wrapped_assets.serving.cards.batch import into
from wrapped_assets.serving.pages.announcement import mail, table
from wrapped_assets.settings import Settings, is_origin
from wrapped_assets.slides.moments import Slideshow

_AT_ONCE = 500
"""Customers whose facts are held at a time."""

COLUMNS = column_schema(
    [
        ("wrapped_id", "text", "The customer."),
        ("company", "text", "The customer's name."),
        (
            "address",
            "text",
            "The page, with the part that nobody can guess: anyone with this file can open every page.",
        ),
        ("title", "text", "The subject line."),
        ("html_file, text_file", "text", "The two forms of the e-mail, beside the table."),
    ]
)


class NoAddress(Refused):
    """It is not configured where the pages will be."""

    def __init__(self, given: str | None) -> None:
        seen = (
            f"public_url is '{given}', which is no address"
            if given
            else "Neither public_url nor WRAPPED_PUBLIC_URL is set"
        )
        super().__init__(
            f"No e-mail was written: their links would lead nowhere.\n  {seen}.\n"
            "  Next: set WRAPPED_PUBLIC_URL, or public_url in the run's config, to what every address starts with,"
            " such as https://wrapped.example.com."
        )


class Announcement(dg.Config):
    """Where the pages will be found."""

    public_url: str | None = None
    """What every address starts with, such as `https://wrapped.example.com`. Default: WRAPPED_PUBLIC_URL."""


@handouts.handout(
    "wrapped_announcement",
    deps=["wrapped_summaries", "wrapped_tokens"],
    kind="csv",
    columns=COLUMNS,
    description=describe(
        "one customer's e-mail: text and HTML, with the link to the page and no token",
        "`wrapped_summaries` (what it says) and `wrapped_tokens` (where it leads)",
        "Written below `<WRAPPED_HOME>/announcements/<year>/` (mode 0700), with `announcement.csv` for the mail system. Nothing is sent. Customers who opted"
        " out or whose link was revoked get none.",
    ),
)
def wrapped_announcement(
    context: dg.AssetExecutionContext,
    config: Announcement,
    warehouse: dg.ResourceParam[Warehouse],
    registry: RegistryResource,
) -> dg.MaterializeResult:
    """Write the e-mails of each edition of the run."""
    theme, report = handouts.theme(), reporter(context)
    with refusals_are_final():
        origin = _origin(config.public_url)
    for key in context.partition_keys:
        with registry.opened() as opened:
            known = opened.links_of_edition(int(key))
        links = [link for link in known if not (link.revoked or link.opted_out)]
        folder = handouts.folder("announcements", key)
        write, rows = into(folder), []
        with warehouse.reading() as reader:
            missing = len(reader.recipients(int(key)).keys() - {link.subject for link in known})
            for done, (link, story) in enumerate(_invited(reader, int(key), links), 1):
                address = f"{origin}/wrapped/{link.url_key}"
                written = mail(story, address, theme)
                write(f"{link.subject}.txt", written.text.encode())
                write(f"{link.subject}.html", written.html.encode())
                rows.append((link.subject, story.company, address, written.title))
                report("e-mails", done, len(links))
        write("announcement.csv", table(rows).encode())
        _forget(folder, {row[0] for row in rows})
        if missing:
            context.log.warning(_without_a_link(missing, key))
        context.add_asset_metadata(_metadata(rows, missing, str(folder)), partition_key=key)
    return dg.MaterializeResult()


def _origin(given: str | None) -> str:
    """What every address starts with; NoAddress when it is not configured."""
    origin = given or Settings.load().public_url
    if origin is None or not is_origin(origin):
        raise NoAddress(origin)
    return origin.rstrip("/")


def _invited(reader: Reader, year: int, links: Sequence[Link]) -> Iterator[tuple[Link, Slideshow]]:
    for start in range(0, len(links), _AT_ONCE):
        invited = {link.subject: link for link in links[start : start + _AT_ONCE]}
        customers = (
            (facts, invited[facts["wrapped_id"]].company) for facts in reader.facts(year, [*invited])
        )
        for wrapped_id, story in handouts.stories(reader, year, customers):
            yield invited[wrapped_id], story


def _forget(folder: Path, invited: set[str]) -> None:
    """Remove the e-mails to customers that an earlier run invited and this one does not."""
    for path in [*folder.glob("*.html"), *folder.glob("*.txt")]:
        if path.stem not in invited:
            path.unlink()


def _without_a_link(missing: int, year: str) -> str:
    return (
        f"{missing} customer{'s' if missing > 1 else ''} of {year} got no e-mail.\n  The registry has no link for them.\n"
        f"  Next: materialize wrapped_tokens for {year}, then this again."
    )


def _metadata(
    rows: Sequence[tuple[str, str, str, str]], missing: int, folder: str
) -> dict[str, dg.MetadataValue]:
    return {
        "dagster/partition_row_count": dg.MetadataValue.int(len(rows)),
        "customers_without_a_link": dg.MetadataValue.int(missing),
        "folder": dg.MetadataValue.path(folder),
        "first_customers": dg.MetadataValue.md(
            markdown_table(["customer", "title"], [(row[1], row[3]) for row in rows[:5]])
        ),
    }


assets = [wrapped_announcement]
