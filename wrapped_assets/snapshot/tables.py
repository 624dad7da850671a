"""What a serving snapshot holds: parts of answers at three levels, and what names and explains them."""

from datetime import date

from wrapped_assets.families import Rollup
from wrapped_assets.periods import DAILY, HOURLY, MONTHLY, Level, Span
from wrapped_assets.product import PartKind
from wrapped_assets.products import FAMILIES, PRODUCTS
from wrapped_assets.resources.duckdb import sql

VERSION = 2

# The order they are read in: what the hours hold, the days and months hold too. A week is no part of a year.
LEVELS = (HOURLY, DAILY, MONTHLY)

ALONE = ("edition", "organizations", "files", "file_hours", "waiting")

DAYS = "days"
"""The kind of part that is not of a family: it is made of the days of another kind."""


KINDS = {kind.family: kind for product in PRODUCTS.values() for kind in product.part_kinds}
"""By family. Of a family without one answers know nothing, and serving reads nothing."""


def rollup_of(kind: PartKind) -> Rollup:
    """The rollup that its parts are made of."""
    (found,) = (each for each in FAMILIES[kind.family].rollups if each.name == kind.rollup)
    return found


def table(kind: PartKind) -> str:
    """Its rollup's table in every layer of a warehouse."""
    return FAMILIES[kind.family].table(rollup_of(kind))


def from_rollup(kind: PartKind, level: Level, source: str) -> str:
    """The statement for its parts of one level, from a rollup of that level; binds `$from` and `$to`."""
    return sql.render("serving/parts", source=source, **expressions(kind, level))


def expressions(kind: PartKind, level: Level, column: str = "{}", last: str = "arg_max") -> dict[str, str]:
    """What both engines make its parts of, from columns of the rollup: sums, or of readings the last ones.

    `last` is the engine's function for the value of one column where another is greatest.
    """
    errors = "0" if kind.errors is None else f"sum({column.format(kind.errors)})"
    silent = f"{kind.errors}_unknown"
    if any(measure.name == silent for measure in rollup_of(kind).measures):
        errors = f"case when sum({column.format(silent)}) = 0 then {errors} end"
    numbers = {name: column.format(found) for name, found in (("bytes", kind.bytes), ("rows", kind.rows))}
    label = column.format(kind.label) if kind.label else "''"
    group = ["organization_id", "region", level.period, kind.id]
    if kind.last_at:
        at = column.format(kind.last_at)
        found = {name: f"{last}({each}, {at})" for name, each in {**numbers, "label": label}.items()}
        found["last_at"] = f"max({at})"
    else:
        group += [kind.label] if kind.label else []
        found = {name: f"sum({each})" for name, each in numbers.items()} | {"label": label, "last_at": "null"}
    fixed = {"kind": kind.name, "period": level.period, "id": kind.id, "amount": column.format(kind.amount)}
    return {**fixed, **found, "errors": errors, "group": ", ".join(group)}


def merged(kind: PartKind, level: Level, source: str, source_period: str) -> str:
    """The statement for its parts of one level, from its parts of the level below."""
    numbers = {"label": "label", "bytes": "sum(bytes)", "rows": "sum(rows)"}
    if kind.last_at:
        numbers = {name: f"arg_max({name}, last_at)" for name in numbers}
    return sql.render(
        "serving/merged",
        period=level.period,
        period_type=level.period_type,
        source=source,
        source_period=source_period,
        **numbers,
    )


def views(level: Level) -> list[str]:
    """Every `create view` of the parts of a level as they are now."""
    names = {"level": level.name, "period": level.period}
    return [
        sql.render("serving/views/parts", **names),
        *(
            sql.render("serving/views/kind", **names, kind=kind.name, columns=_shown(kind))
            for kind in KINDS.values()
        ),
    ]


def _shown(kind: PartKind) -> str:
    columns = ("id", "label", "amount", "errors", "bytes", "rows", "last_at")
    return ", ".join(f"{column} as {name}" for column in columns if (name := getattr(kind, column)))


def days_of_months(source: str) -> str:
    """The statement for the parts of the kind `days`, from daily parts of another kind."""
    return sql.render("serving/days", source=source)


def parts(level: Level, year: Span) -> list[Span]:
    """What a level is written in: hours, of which there are most and which lie in the order of time, month by month."""
    return (
        [MONTHLY.span(date(year.start.year, month, 1)) for month in range(1, 13)]
        if level is HOURLY
        else [year]
    )


def statements() -> list[str]:
    """Every `create table` of a snapshot; none needs another."""
    texts = [sql.render(f"serving/tables/{name}") for name in ALONE]
    for level in LEVELS:
        texts.append(f"create schema {level.name}")
        texts.append(
            sql.render(
                "serving/tables/parts", level=level.name, period=level.period, period_type=level.period_type
            )
        )
    return [*texts, "create schema dimensions", *sql.dimension_ddls()]
