"""The slides of how it went and how it compares: speed, storage, ingestion, workspaces, pipes, rank, growth."""

from collections.abc import Iterable, Sequence

from wrapped_assets.serving.pages import drawings, fitting
from wrapped_assets.serving.pages.markup import Markup, el, join
from wrapped_assets.serving.pages.parts import (
    View,
    area,
    art,
    comparison,
    figure,
    heading,
    named,
    sentences,
    words,
)
from wrapped_assets.serving.telling.moments import Row


def service(view: View) -> Markup:
    moment = view.moment
    lines = [
        el(
            "li",
            el("span", row.name),
            el("strong", row.told),
            art(drawings.bar(*row.parts), motion="spin", class_="line"),
        )
        for row in moment.rows
    ]
    return join(
        words(heading(moment), figure(moment), sentences(moment)),
        el("ul", *lines, class_="art lines") if lines else None,
    )


def storage(view: View) -> Markup:
    moment = view.moment
    largest = next(iter(moment.rows), None)
    label = (
        el("div", el("p", "Largest data source", class_="told"), named(largest.name), el("p", largest.told, class_="told"), class_="said largest", data_motion="rise")
        if largest else None
    )  # fmt: skip
    return join(
        words(heading(moment), figure(moment), sentences(moment), label, comparison(moment)),
        area(
            drawings.corner(*largest.parts),
            "The field: all bytes kept. In its corner: the largest data source.",
        )
        if largest
        else None,
    )


def ingestion(view: View) -> Markup:
    moment = view.moment
    return join(
        words(heading(moment), figure(moment), sentences(moment), comparison(moment)),
        _bars(moment.rows) if moment.rows else None,
    )


def _bars(rows: Iterable[Row]) -> Markup:
    bars = (
        el(
            "li",
            named(row.name),
            el("span", row.told, class_="told"),
            art(drawings.bar(*row.parts), motion="widen", class_="line"),
        )
        for row in rows
    )
    return el("ol", *bars, class_="art bars")


def workspaces(view: View) -> Markup:
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
    return _mirrors(rows) if rows[0].labels else _bars(rows)


def _mirrors(rows: Sequence[Row]) -> Markup:
    most = max(part for row in rows for part in row.parts) or 1
    sides = el("li", el("span", "read"), el("span", "written"), class_="sides", aria_hidden="true")
    return el("ol", sides, *(_workspace(row, most) for row in rows), class_="art mirrors")


def _workspace(row: Row, most: float) -> Markup:
    read, written = row.parts
    left, right = row.labels
    return el(
        "li", named(row.name), el("span", f": {row.told}", class_="hidden"),
        el("span", left, class_="part", aria_hidden="true"),
        art(drawings.mirror(read / most, written / most), motion="spin", class_="line"),
        el("span", right, class_="part right", aria_hidden="true"),
    )  # fmt: skip


def pipes(view: View) -> Markup:
    moment = view.moment
    return join(
        words(heading(moment), el("p", moment.unit, class_="hidden")),
        el("ol", *(_pipe(place, row) for place, row in enumerate(moment.rows, 1)), class_="art charts"),
    )


def _pipe(place: int, row: Row) -> Markup:
    return el(
        "li",
        el("span", str(place), class_="place", aria_hidden="true"),
        el("bdi", row.name, class_=f"name fit {fitting.name(row.name)}"),
        el("span", row.told, class_="told"),
        art(drawings.bar(*row.parts), motion="widen", class_="line"), class_=f"place{place}",
    )  # fmt: skip


def rank(view: View) -> Markup:
    story, moment = view.story, view.moment
    rank = story.document.rank
    return join(
        words(heading(moment), figure(moment), sentences(moment)),
        art(drawings.crowd(rank.percentile if rank else 0), motion="grow"),
    )


def growth(view: View) -> Markup:
    moment = view.moment
    pillars = drawings.columns(*(row.parts[0] for row in moment.rows))
    return join(
        words(heading(moment), figure(moment)),
        el(
            "ul",
            *(
                el(
                    "li",
                    art(pillar, motion="growwiden", class_="pillar"),
                    el("span", row.name),
                    el("strong", row.told, class_=f"fit {fitting.one_line(row.told)}"),
                )
                for row, pillar in zip(moment.rows, pillars, strict=True)
            ),
            class_="art years",
        ),
    )
