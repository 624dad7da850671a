"""How the family declarations become DuckDB identifiers and expressions: the one place that does it.

Values are always bound. Only names that a family declares, and the fixed fragments below, are put
into a statement's text; the rendered text is what logs, tests and Dagster metadata show.
"""

import re
from collections.abc import Sequence

from wrapped_assets import queries
from wrapped_assets.families import Column, Dimension, Family, Kind, Measure, Rollup, Source
from wrapped_assets.periods import Level
from wrapped_assets.resources.duckdb.parquet import present

_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")

# A request or an operation that lasted a year is a broken clock; the limit keeps log2() exact too.
LONGEST_US = 2**45

TYPES: dict[Kind, str] = {
    "text": "varchar",
    "instant": "timestamp",
    "counter": "ubigint",
    "code": "integer",
    "flag": "utinyint",
    "seconds": "ubigint",
}

_VALUES: dict[Kind, str] = {
    "text": "cast({c} as varchar)",
    "instant": "cast({c} as timestamp)",
    "counter": "try_cast({c} as ubigint)",
    "code": "try_cast({c} as integer)",
    "flag": "try_cast({c} as utinyint)",
    # floor(x + 0.5) rounds the same in every engine; round() does not.
    "seconds": "try_cast(floor(cast({c} as double) * 1e6 + 0.5) as ubigint)",
}

# Why a value is impossible, by kind, first match first. Nulls are handled apart.
_IMPOSSIBLE: dict[Kind, tuple[tuple[str, str], ...]] = {
    "text": (),
    # ClickHouse has no other years, and every engine takes in the same rows.
    "instant": (
        ("not isfinite(cast({c} as timestamp))", "{c} is not a date"),
        ("cast({c} as timestamp) >= timestamp '2300-01-01'", "{c} is after the year 2299"),
        ("cast({c} as timestamp) < timestamp '1900-01-01'", "{c} is before the year 1900"),
    ),
    "counter": (("{c} < 0", "{c} is negative"), ("try_cast({c} as ubigint) is null", "{c} is 2^64 or more")),
    "code": (("try_cast({c} as integer) is null", "{c} is out of range"),),
    "flag": (("try_cast({c} as utinyint) is null or cast({c} as utinyint) > 1", "{c} is neither 0 nor 1"),),
    "seconds": (
        # Not isnan(): DuckDB 2.0.0 compares it with the file's min and max, which leave NaN out, and finds none.
        ("not isfinite(cast({c} as double))", "{c} is not a finite number"),
        ("{c} < 0", "{c} is negative"),
        (f"floor(cast({{c}} as double) * 1e6 + 0.5) >= {LONGEST_US}", "{c} is longer than a year"),
    ),
}

COUNT_TYPES = {"count": "bigint", "total": "hugeint", "instant": "timestamp"}


def render(name: str, **parts: str) -> str:
    """The statement `name` with its `{placeholders}` replaced by declared names; unknown ones raise."""
    return _PLACEHOLDER.sub(lambda match: parts[match[1]], queries.text(f"duckdb/{name}"))


def names(columns: Sequence[str], prefix: str = "") -> str:
    """A select list of plain column names."""
    return ", ".join(f"{prefix}{column}" for column in columns)


def raw_columns(family: Family) -> list[str]:
    """The columns of `raw.<family>` in declared order."""
    return [column.raw_name for column in family.columns]


def landed(family: Family, groups: Sequence[tuple[str, bool]]) -> str:
    """The valid rows of landing files, one branch for each set of files with equal columns.

    A group is (its columns as the ledger has them, whether some of its rows are impossible); its
    files are bound as `$paths_0`, `$paths_1`... Types are settled inside each branch, so what one
    file looks like never changes how another is read.
    """
    branches = []
    for number, (columns, has_impossible_rows) in enumerate(groups):
        branches.append(
            render(
                "raw/landed",
                family=family.name,
                columns=names(raw_columns(family)),
                values=values(family, present(columns)),
                reason=f", case {reasons(family, present(columns))} end as reason"
                if has_impossible_rows
                else "",
                only_valid=" and reason is null" if has_impossible_rows else "",
                event_time=family.event_time,
                paths=f"$paths_{number}",
            )
        )
    return "\nunion all\n".join(branches)


def positions(family: Family, columns: str, has_impossible_rows: bool) -> str:
    """The statement that finds the newest landing row of each key, among landing files of equal columns; binds `$paths_0`, `$from` and `$to`."""
    return render(
        "raw/positions",
        key=names(family.key),
        event_time=family.event_time,
        only_valid=f"\n        and (case {reasons(family, present(columns))} end) is null"
        if has_impossible_rows
        else "",
    )


def newest(family: Family, columns: str) -> str:
    """The statement for the rows at those positions, among landing files of equal columns; binds `$paths_0`."""
    return render(
        "raw/newest",
        family=family.name,
        key=names(family.key),
        event_time=family.event_time,
        values=values(family, present(columns)),
    )


def greatest_first(source: Source) -> str:
    """An `order by` list that puts the winner among rows of one key first.

    Column by column: DuckDB 2.0.0 turns row_number() over ONE struct into an arg_max that was seen
    to lose a value (a valid duration came back null).
    """
    return ", ".join(f"{part} desc" for part in _tie_break_parts(source, ""))


def tie_break(source: Source, prefix: str = "") -> str:
    """Expressions that order two versions of one key totally, the greater one winning."""
    return ", ".join(_tie_break_parts(source, prefix))


def _tie_break_parts(source: Source, prefix: str) -> list[str]:
    # A null sorts below every value: `is not null` comes first, then the value itself.
    parts = [f"{prefix}exported_at"]
    for column in source.contents:
        name = f"{prefix}{column.raw_name}"
        parts += [f"{name} is not null", f"coalesce({name}, {column.null_as})"] if column.nullable else [name]
    return parts


def value(column: Column, present: bool) -> str:
    """The settled value of a landing column, null when an optional column is not in the file."""
    expression = (
        _VALUES[column.kind].format(c=column.name) if present else f"cast(null as {TYPES[column.kind]})"
    )
    return f"{expression} as {column.raw_name}"


def reasons(family: Source, columns: set[str]) -> str:
    """`when ... then '...'` branches: why a row of landing files with these columns is impossible. A null may be one; no other reason holds of it."""
    branches = []
    for column in family.columns:
        name = column.name
        if not column.nullable:
            branches.append((f"{name} is null", f"{name} is null"))
        elif name not in columns:
            continue
        for condition, reason in _IMPOSSIBLE[column.kind]:
            is_there = f"{name} is not null and " if column.nullable else ""
            branches.append((f"{is_there}({condition.format(c=name)})", reason.format(c=name)))
    if family.event_time is not None:
        branches += _impossible_times(family.event_time)
    return "\n        ".join(f"when {condition} then '{reason}'" for condition, reason in branches)


def _impossible_times(time: str) -> list[tuple[str, str]]:
    return [
        (f"cast({time} as timestamp) < timestamp '1990-01-01'", f"{time} is before 1990"),
        (
            f"cast({time} as timestamp) > cast(exported_at as timestamp) + interval 1 day",
            f"{time} is more than a day after exported_at",
        ),
    ]


def landing_summary(source: Source, columns: set[str]) -> str:
    """What some landing files with these columns hold, by file, day and reason; binds `$paths`."""
    return render(
        "landing/summary",
        family=source.name,
        day=f"cast({source.event_time} as date)" if source.event_time else "cast(null as date)",
        hours=f"bit_or(cast(1 << hour({source.event_time}) as integer))" if source.event_time else "max(0)",
        columns=names([column.raw_name for column in source.columns]),
        values=values(source, columns),
        reasons=reasons(source, columns),
    )


def impossible_rows(source: Source, columns: set[str]) -> str:
    """The impossible rows of some landing files with these columns; binds `$paths`."""
    content = ", ".join(f"{c.name} := {c.name}" for c in source.columns if c.name in columns)
    return render(
        "landing/impossible_rows", family=source.name, content=content, reasons=reasons(source, columns)
    )


def valid_rows(source: Source, columns: set[str]) -> str:
    """The valid rows of some landing files with these columns; binds `$paths`, `$file_ids` and `$regions`."""
    # A snapshot's region is that of its folder; an event names its own.
    own = [column.raw_name for column in source.columns]
    return render(
        "landing/valid_rows",
        family=source.name,
        columns=names(
            [*own, *(() if "region" in own else ("folder_region as region",)), "file_id", "row_number"]
        ),
        values=values(source, columns),
        reasons=reasons(source, columns),
    )


def values(source: Source, columns: set[str]) -> str:
    """The settled value of every column of the contract, for files that have these columns."""
    return ", ".join(value(column, column.name in columns) for column in source.columns)


def merged(measure: Measure) -> str:
    """The aggregate that merges a measure's states."""
    if measure.merge == "last":
        return f"arg_max({measure.name}, last_at) as {measure.name}"
    kind = COUNT_TYPES[measure.kind]
    return f"cast({measure.merge}({measure.name}) as {kind}) as {measure.name}"


def rollup_columns(rollup: Rollup, level: Level) -> list[str]:
    """A rollup table's columns: the period, the dimensions, the measures."""
    return [level.period, *rollup.dimensions, *(measure.name for measure in rollup.measures)]


# Dimensions that an hourly statement derives; every other is a column of its family.
DERIVED_TYPES = {"duration_bucket": "usmallint", "hour_of_day": "utinyint", "event_date": "date"}


def dimension_columns(family: Family, rollup: Rollup) -> str:
    """The dimensions of a rollup with their types; one that is neither declared nor derived raises KeyError."""
    types = DERIVED_TYPES | {column.raw_name: TYPES[column.kind] for column in family.columns}
    return ", ".join(f"{name} {types[name]}" for name in rollup.dimensions)


def touched_grain(level: Level, rollup: Rollup) -> tuple[str, ...]:
    """What a touched group is, inside its period: an organization for hourly, all dimensions above."""
    return ("organization_id",) if level.source == "raw" else rollup.dimensions


def stale_table(level: Level, family: Family, rollup: Rollup) -> str:
    """Where it stands what a rollup of a level must recompute."""
    return "stale.hourly" if level.source == "raw" else f"stale.{level.name}_{family.table(rollup)}"


def stale_ddl(family: Family, rollup: Rollup, level: Level) -> str:
    """`create table` for what a rollup of a level must recompute; without an organization, the whole period."""
    table = stale_table(level, family, rollup)
    return f"create table if not exists {table} (period date not null, {dimension_columns(family, rollup)})"


def raw_ddl(family: Family) -> str:
    """`create table` for `raw.<family>`."""
    # Trying every compression on ids that never repeat is a fifth of the insert's time (measured; see docs/decisions/0003).
    columns = ", ".join(
        f"{c.raw_name} {TYPES[c.kind]}{' using compression uncompressed' if c.unique else ''}"
        for c in family.columns
    )
    return f"create table if not exists raw.{family.name} ({columns})"


def rollup_ddl(family: Family, rollup: Rollup, level: Level) -> str:
    """`create table` for one rollup of one level."""
    columns = [f"{level.period} {level.period_type}", dimension_columns(family, rollup)]
    columns += [f"{measure.name} {COUNT_TYPES[measure.kind]}" for measure in rollup.measures]
    return f"create table if not exists {level.name}.{family.table(rollup)} ({', '.join(columns)})"


def dimension_ddl(dimension: Dimension) -> str:
    """`create table` for a dimension: its columns, the region of the snapshot, and when one first named the id."""
    columns = ", ".join(f"{c.name} {TYPES[c.kind]}" for c in dimension.columns)
    return f"create table if not exists dimensions.{dimension.name} ({columns}, region varchar, first_exported_at timestamp)"
