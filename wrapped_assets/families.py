"""What a family and a dimension are: what lands, what identifies a row, whose it is, what is rolled up and at which levels.

Every layer, check and statement is built from these declarations, which each product makes of its own
(`products/<product>/families.py`; `products` lists them all). A family's own SQL is in
`sql/products/<product>/<engine>/<family>_<rollup>.sql`. Nothing in this module knows an engine or Dagster.
"""

from dataclasses import dataclass
from typing import Literal

from wrapped_assets.periods import ALL_LEVELS, LEVELS, Level

Kind = Literal["text", "instant", "counter", "code", "flag", "seconds"]
Merge = Literal["sum", "max", "last"]


@dataclass(frozen=True)
class Column:
    """One column of a landing file.

    `kind` is what the value means, not how a file stores it: `text`; `instant` (UTC); `counter`
    (0 to 2^64 - 1); `code` (a small integer); `flag` (0 or 1); `seconds` (a non-negative decimal,
    kept from raw on as whole microseconds under `<name>_us`). `unique` when hardly two events share
    a value, so that looking for repetitions is lost time; `few` when a day's events share a few values. `blank_is_null` when a text without a
    visible character says nothing: it is read as null, and where null is not allowed its row is impossible.
    """

    name: str
    kind: Kind
    description: str
    nullable: bool = False
    unique: bool = False
    few: bool = False
    blank_is_null: bool = False

    @property
    def raw_name(self) -> str:
        """The column's name from raw on, where durations are whole microseconds."""
        return f"{self.name}_us" if self.kind == "seconds" else self.name

    @property
    def null_as(self) -> str:
        """What takes the place of a null where a comparison or a hash takes none."""
        return "''" if self.kind == "text" else "0"


@dataclass(frozen=True)
class Measure:
    """One aggregated column of a rollup.

    `merge` says how two states become one. `from_raw` is the same number as one aggregate over
    raw rows: the conservation checks compare the two, the hourly SQL is written by hand.
    A `last` measure is the value at the newest `last_at` of its row.
    """

    name: str
    merge: Merge
    kind: Literal["count", "total", "instant"]
    from_raw: str
    description: str


@dataclass(frozen=True)
class Rollup:
    """One dimension set of a family. Its first measure counts its rows.

    `levels` are those it is kept at. Its family's SQL computes the first of them from raw; the others are merged from the one below.
    The year is kept in DuckDB only: ClickHouse merges it from the months when it is asked for.
    """

    name: str
    dimensions: tuple[str, ...]
    measures: tuple[Measure, ...]
    description: str
    levels: tuple[str, ...] = tuple(ALL_LEVELS)

    def columns(self, level: Level) -> list[str]:
        """The columns of its table at a level: the period, the dimensions, the measures."""
        return [level.period, *self.dimensions, *(measure.name for measure in self.measures)]

    @property
    def adds_up(self) -> bool:
        """Whether every measure is a sum, so that a change below can be added to what is here."""
        return all(measure.merge == "sum" for measure in self.measures)


class Source:
    """Whatever lands as files: events, or whole snapshots."""

    name: str
    one_row_is: str
    event_time: str | None
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    exported: bool

    @property
    def contents(self) -> tuple[Column, ...]:
        """What may differ between two versions of one row, in the order that settles ties."""
        return tuple(c for c in self.columns if c.name not in (*self.key, "exported_at"))

    @property
    def logged(self) -> tuple[Column, ...]:
        """What its source says; the export adds the rest."""
        return tuple(c for c in self.columns if c.name not in ("region", "exported_at"))

    @property
    def raw_columns(self) -> list[str]:
        """The columns of its rows in a warehouse, in declared order."""
        return [column.raw_name for column in self.columns]


@dataclass(frozen=True)
class Family(Source):
    """One kind of event: its landing columns, its unique key, the column that says whose it is, its rollups, and whether
    regions' own databases hold it in a table of its name and columns, from which it is exported.

    Raises ValueError when they cannot be built: the key without the event time, a rollup without the subject, or two
    rollups that would build one level from different ones.
    """

    name: str
    product: str
    one_row_is: str
    event_time: str
    subject: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    rollups: tuple[Rollup, ...]
    exported: bool = False

    def __post_init__(self) -> None:
        if self.event_time not in self.key:
            raise ValueError(
                f"The key of {self.name} must hold its event time {self.event_time}: {self.key}."
            )
        for rollup in self.rollups:
            if self.subject not in rollup.dimensions:
                raise ValueError(
                    f"{self.subject} must be a dimension of {self.table(rollup)}: {rollup.dimensions}."
                )
        for level in ALL_LEVELS.values():
            sources = {level.source(rollup.levels) for rollup in self.at(level)}
            if len(sources) > 1:
                raise ValueError(
                    f"The rollups of {self.name} must build {level.name} from one level, not from {sorted(sources)}."
                )

    def at(self, level: Level) -> tuple[Rollup, ...]:
        """The rollups that are kept at a level."""
        return tuple(rollup for rollup in self.rollups if level.name in rollup.levels)

    def source(self, level: Level) -> str:
        """What a level is computed from: `raw` or the level below; KeyError where the family has nothing at this level."""
        sources = {level.source(rollup.levels) for rollup in self.at(level)}
        if not sources:
            raise KeyError(f"{self.name} keeps no rollup at {level.name}.")
        return sources.pop()

    def followers(self, layer: str) -> tuple[Level, ...]:
        """The levels that are computed from this one, or from `raw`."""
        return tuple(level for level in ALL_LEVELS.values() if self.at(level) and self.source(level) == layer)

    @property
    def levels(self) -> tuple[Level, ...]:
        """The levels at which the family has an asset."""
        return tuple(level for level in LEVELS.values() if self.at(level))

    def sql(self, engine: str, rollup: Rollup) -> str:
        """The name of the statement that computes the rollup's first level from raw."""
        return f"products/{self.product}/{engine}/{self.table(rollup)}"

    def table(self, rollup: Rollup) -> str:
        """The rollup's table name inside each layer's schema, such as `pipe_stats_requests`."""
        return f"{self.name}_{rollup.name}"

    def compared_by(self, rollup: Rollup) -> tuple[str, ...]:
        """The columns by which a rollup must say what it is made of; the last reading of a gauge cannot be added up."""
        is_gauge = any(measure.merge == "last" for measure in rollup.measures)
        return rollup.dimensions if is_gauge else (self.subject,)


@dataclass(frozen=True)
class Dimension(Source):
    """Names and owners that arrive as whole snapshots; of each region the newest snapshot of an id wins.

    The key has no column for the region: it is that of the snapshot's folder, and belongs to every key. What it says of the column
    `subject` is told in documents, which follow a change; where it `names_owners`, the identities do. Without a subject nothing follows.
    """

    name: str
    product: str
    one_row_is: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    subject: str | None = None
    names_owners: bool = False
    exported: bool = False
    event_time: None = None


# What declarations are made of.


def text(name: str, description: str, nullable: bool = False) -> Column:
    """A text column."""
    return Column(name, "text", description, nullable)


def label(name: str, description: str, nullable: bool = False) -> Column:
    """A text of which a day's events share a few values."""
    return Column(name, "text", description, nullable, few=True)


def optional_name(name: str, description: str) -> Column:
    """What something is called: null or blank when nothing says it."""
    return Column(name, "text", description, nullable=True, blank_is_null=True)


def counter(name: str, description: str, nullable: bool = False) -> Column:
    """A column of whole numbers from 0 to 2^64 - 1."""
    return Column(name, "counter", description, nullable)


def count(name: str, description: str) -> Measure:
    """The measure that counts rows."""
    return Measure(name, "sum", "count", "count(*)", description)


def total(name: str, description: str, source: str | None = None) -> Measure:
    """The sum of a column, by default the one of the measure's name."""
    return Measure(name, "sum", "total", f"sum({source or name})", description)


def known(name: str, description: str, source: str | None = None) -> Measure:
    """The sum over the rows that say it, of a column that may be null."""
    silent = "Rows that do not say it add nothing."
    return Measure(name, "sum", "total", f"sum(coalesce({source or name}, 0))", f"{description} {silent}")


def unknown(name: str, source: str) -> Measure:
    """How many rows do not say a column."""
    return Measure(
        f"{name}_unknown",
        "sum",
        "count",
        f"count(*) filter (where {source} is null)",
        f"Rows that do not say {source}.",
    )
