"""Top workspaces: who asked most, and each one's part of what was read and written."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from typing import Any

from pydantic import Field

from wrapped_assets.product import Count, Edition, Facts, Name, Part, Percentage, Story
from wrapped_assets.slides import fitting, shapes
from wrapped_assets.slides.markup import Markup, el, join
from wrapped_assets.slides.moments import Moment, Row
from wrapped_assets.slides.parts import Look, View, art, bars, heading, named, sentences, words
from wrapped_assets.slides.pictures import Picture, has_rows, listed
from wrapped_assets.slides.teller import Teller
from wrapped_assets.slides.wording import counted, percent

MOST_WORKSPACES = 5  # as sql/products/usage/workspaces.sql ranks them

ALL_OTHERS = "all others"
"""What the rest beside the top workspaces is called: a workspace may well be named "other"."""

Workspace = Mapping[str, Any]
"""name, requests, bytes_read and bytes_written."""


class WorkspaceShare(Part):
    """One workspace's part of the year, from pipe_stats (requests, read) and ingestion (written)."""

    name: Name = Field(description="Newest name; 'Workspace N' if none is known; last 'other', the rest.")
    requests: Count = Field(description="Requests in the workspace.")
    read_pct: Percentage = Field(
        description="Percent of the customer's bytes read, in tenths: together exactly 100.0, or all 0.0."
    )
    write_pct: Percentage = Field(description="As read_pct, of the customer's bytes written.")


class Fields(Part):
    """What the document says of workspaces."""

    top_workspaces: tuple[WorkspaceShare, ...] = Field(
        max_length=MOST_WORKSPACES + 1,
        description="The 5 workspaces with most requests, then 'other' when anything is left.",
    )

    @property
    def named_workspaces(self) -> tuple[WorkspaceShare, ...]:
        """The entries of top_workspaces that are a workspace each."""
        return self.top_workspaces[:MOST_WORKSPACES]

    @property
    def other_workspaces(self) -> WorkspaceShare | None:
        """The entry that sums up the rest. Its place tells, not its name, which a workspace may have too: facts name all
        workspaces there are or MOST_WORKSPACES of them, so only then is anything left.
        """
        return next(iter(self.top_workspaces[MOST_WORKSPACES:]), None)


def _fields(facts: Facts, edition: Edition) -> Mapping[str, Any]:
    totals = facts["requests"], facts["bytes_read"], facts["ingestion_bytes"]
    return {"top_workspaces": workspace_shares(facts["workspaces"], *totals)}


def outside(
    listed: Sequence[Workspace], requests: int, bytes_read: int, bytes_written: int
) -> tuple[int, int, int]:
    """Requests, bytes read and bytes written that belong to none of the listed workspaces."""
    return (
        requests - sum(workspace["requests"] for workspace in listed),
        bytes_read - sum(workspace["bytes_read"] for workspace in listed),
        bytes_written - sum(workspace["bytes_written"] for workspace in listed),
    )


def workspace_shares(
    listed: Sequence[Workspace], requests: int, bytes_read: int, bytes_written: int
) -> tuple[WorkspaceShare, ...]:
    """The listed workspaces' parts of a customer's totals, and "other" when they are not all of it."""
    rows = [*listed]
    requests, read, written = outside(listed, requests, bytes_read, bytes_written)
    if requests or read or written:
        rows.append({"name": "other", "requests": requests, "bytes_read": read, "bytes_written": written})
    read_pct = _percentages([row["bytes_read"] for row in rows])
    write_pct = _percentages([row["bytes_written"] for row in rows])
    return tuple(
        WorkspaceShare(name=name, requests=row["requests"], read_pct=read, write_pct=write)
        for name, row, read, write in zip(_names(rows), rows, read_pct, write_pct, strict=True)
    )


def _names(rows: list[Workspace]) -> Iterator[str]:
    unnamed = count(1)
    return (f"Workspace {next(unnamed)}" if row["name"] is None else row["name"] for row in rows)


def _percentages(parts: list[int]) -> list[float]:
    """Shares in tenths of a percent by largest remainder, the earlier of equals first; all 0.0 of nothing."""
    whole = sum(parts)
    if not whole:
        return [0.0] * len(parts)
    tenths = [1000 * part // whole for part in parts]
    by_remainder = sorted(range(len(parts)), key=lambda i: 1000 * parts[i] % whole, reverse=True)
    for i in by_remainder[: 1000 - sum(tenths)]:
        tenths[i] += 1
    return [tenth / 10 for tenth in tenths]


def _words(teller: Teller) -> Moment | None:
    document: Fields = teller.document
    names, rest = document.named_workspaces, document.other_workspaces
    if not names:
        return None
    shares = [(one, ALL_OTHERS if one is rest else one.name) for one in document.top_workspaces]
    if len(shares) == 1:
        # A row would say the same again, and that all of it is 100 % of it.
        return Moment(
            "workspaces",
            "Top workspaces",
            names[0].name,
            _leads(teller, names),
            ("The only active workspace.",),
        )
    has_shares = any(one.read_pct or one.write_pct for one, _ in shares)
    most = max(one.requests for one, _ in shares) or 1
    rows = tuple(_shares(teller, *one) if has_shares else _asked(teller, *one, most) for one in shares)
    return Moment(
        "workspaces", "Top workspaces", names[0].name, _leads(teller, names),
        ("Shares of all bytes read and written.",) if has_shares else (), rows,
    )  # fmt: skip


def _leads(teller: Teller, names: tuple[WorkspaceShare, ...]) -> str:
    """Nobody leads alone, nor beside an equal, nor with nothing."""
    requests = names[0].requests
    if not requests:
        return ""
    leads = len(names) > 1 and requests > names[1].requests
    return f"{'leads ' if leads else ''}with {counted(requests, 'request', teller.locale)}"


def _asked(teller: Teller, workspace: WorkspaceShare, name: str, most: int) -> Row:
    return Row(name, counted(workspace.requests, "request", teller.locale), (workspace.requests / most,))


def _shares(teller: Teller, workspace: WorkspaceShare, name: str) -> Row:
    read, written = (percent(part, teller.locale) for part in (workspace.read_pct, workspace.write_pct))
    parts = (workspace.read_pct / 100, workspace.write_pct / 100)
    return Row(name, f"{read} read, {written} written", parts, (read, written))


def _slide(view: View) -> Markup:
    moment = view.moment
    return join(
        words(
            heading(moment),
            el("p", el("bdi", moment.figure, class_=f"fit {fitting.name(moment.figure, 4)}"), class_="figure titled", data_motion="rise"),
            el("p", moment.unit, class_="unit", data_motion="rise") if moment.unit else None,
            sentences(moment),
        ),
        _compared(moment.rows) if moment.rows else None,
    )  # fmt: skip


def _compared(rows: Sequence[Row]) -> Markup:
    return _mirrors(rows) if rows[0].labels else bars(rows)


def _mirrors(rows: Sequence[Row]) -> Markup:
    most = max(part for row in rows for part in row.parts) or 1
    sides = el("li", el("span", "read"), el("span", "written"), class_="sides", aria_hidden="true")
    return el("ol", sides, *(_mirror(row, most) for row in rows), class_="art mirrors")


def _mirror(row: Row, most: float) -> Markup:
    read, written = row.parts
    left, right = row.labels
    return el(
        "li", named(row.name), el("span", f": {row.told}", class_="hidden"),
        el("span", left, class_="part", aria_hidden="true"),
        art(shapes.mirror(read / most, written / most), motion="spin", class_="line"),
        el("span", right, class_="part right", aria_hidden="true"),
    )  # fmt: skip


STORY = Story(
    "workspaces",
    columns={"workspaces": []},
    fields=_fields,
    words=_words,
    look=Look("paper", "lines", "lift", _slide),
    picture=Picture(listed, has_rows),
    figure_is_name=True,
)
