"""The e-mail that tells a customer about the page: text and HTML, one link, nothing that tells on the reader.

It holds no image, no script, no token and no address but the page's own, so opening it asks nobody for anything. Nothing here
sends: the mail system takes the table, which names the files.
"""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass

from wrapped_assets.serving.pages.theme import Theme
from wrapped_assets.slides.markup import Markup, el, join
from wrapped_assets.slides.moments import Moment, Slideshow

COLUMNS = ("wrapped_id", "company", "address", "title", "html_file", "text_file")
_MOST = 3
"""Figures in a mail."""


@dataclass(frozen=True)
class Mail:
    """One e-mail, without whom it is for: that only the mail system knows."""

    title: str
    text: str
    html: str


def mail(show: Slideshow, address: str, theme: Theme) -> Mail:
    """What this customer is written; `address` is the page's, with its origin."""
    title = f"{show.company}: your {show.year}, wrapped"
    told = [moment for moment in show.moments if moment.name in show.product.in_short[:_MOST]]
    lines = [f"{moment.label}: {moment.line}".replace("\u00a0", " ") for moment in told]
    text = "\n".join(
        [title, "", *lines, "", f"See the whole year: {address}", "", f"Counted through {show.through}.", theme.operator, ""]
    )  # fmt: skip
    return Mail(title, text, _html(show, title, told, address, theme))


def _html(show: Slideshow, title: str, told: list[Moment], address: str, theme: Theme) -> str:
    inks = theme.grounds["light"]["flame"]
    fonts = "font-family:'Arial Narrow',Arial,Helvetica,sans-serif"
    figures = (
        el("p", el("span", moment.figure, style="font-size:44px;font-weight:800;line-height:1"), el("br"), moment.unit,
           style=f"margin:0 0 20px;padding-top:10px;border-top:2px solid {inks.ink}")
        for moment in told
    )  # fmt: skip
    button = el(
        "a", f"See all of {show.year}", href=address,
        style=f"display:inline-block;padding:14px 22px;background:{inks.ink};color:{inks.ground};text-decoration:none;font-weight:800;font-size:18px",
    )  # fmt: skip
    body = el(
        "div",
        el("p", str(show.year), style="margin:0;font-size:110px;line-height:.9;font-weight:900"),
        el("h1", show.company, style="margin:0 0 28px;font-size:32px;line-height:1.1;overflow-wrap:anywhere"),
        *figures,
        el("p", button, style="margin:28px 0"),
        el("p", f"Counted through {show.through}. {theme.operator}", style="margin:0;font-size:13px"),
        style=f"max-width:480px;margin:0 auto;padding:36px 28px;background:{inks.ground};color:{inks.ink};{fonts}",
    )
    head = el(
        "head",
        el("meta", charset="utf-8"),
        el("meta", name="viewport", content="width=device-width"),
        el("title", title),
    )
    return join(Markup("<!doctype html>"), el("html", head, el("body", body, style="margin:0"), lang="en"))


def table(rows: Iterable[tuple[str, str | None, str, str]]) -> str:
    """The CSV for the mail system, from (wrapped_id, company, address, title). Cells that a spreadsheet would compute are quoted away."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for wrapped_id, company, address, title in rows:
        writer.writerow(
            [
                wrapped_id,
                _inert(company or ""),
                address,
                _inert(title),
                f"{wrapped_id}.html",
                f"{wrapped_id}.txt",
            ]
        )
    return out.getvalue()


def _inert(cell: str) -> str:
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell
