"""How the family declarations become DuckDB identifiers and expressions: the one place that does it.

Values are always bound. Only names that a family declares, and the fixed fragments below, are put
into a statement's text; the rendered text is what logs, tests and Dagster metadata show.
"""

import re
from collections.abc import Iterable, Mapping, Sequence

from wrapped_assets import queries
from wrapped_assets.families import Column, Dimension, Family, Kind, Measure, Rollup, Source
from wrapped_assets.periods import HOURLY, Level
from wrapped_assets.products import DEFAULT, DIMENSIONS
from wrapped_assets.resources.duckdb.parquet import Types

_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")

# A request or an operation that lasted a year is a broken clock; the limit keeps log2() exact too.
LONGEST_US = 2**45

# A character that can be seen: no space of any script, no control or format character, no filler of Hangul, no blank of Braille.
VISIBLE = r"[^\s\p{Z}\p{C}\x{115F}\x{1160}\x{3164}\x{FFA0}\x{2800}]"

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
    "counter": "try_cast({c} as ubigint)",
    "code": "try_cast({c} as integer)",
    "flag": "try_cast({c} as utinyint)",
    # floor(x + 0.5) rounds the same in every engine; round() does not.
    "seconds": "try_cast(floor(cast({c} as double) * 1e6 + 0.5) as ubigint)",
}

_WITH_ZONE = "TIMESTAMP WITH TIME ZONE"

# Why a value {c} is impossible, by kind, first match first; {v} is what it is settled to. Nulls are handled apart.
_IMPOSSIBLE: dict[Kind, tuple[tuple[str, str], ...]] = {
    "text": (),
    # ClickHouse has no other years, and every engine takes in the same rows.
    "instant": (
        ("{v} is null or not isfinite({v})", "{c} is not a date"),
        ("{v} >= timestamp '2300-01-01'", "{c} is after the year 2299"),
        ("{v} < timestamp '1900-01-01'", "{c} is before the year 1900"),
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

# Doubles, and decimals of more than 38 digits, which DuckDB reads as doubles: exact as long as they are below 2^53.
_IMPOSSIBLE_DOUBLE: tuple[tuple[str, str], ...] = (
    ("not isfinite({c})", "{c} is not a finite number"),
    ("{c} <> floor({c})", "{c} is not a whole number"),
    ("{c} >= 9007199254740992", "{c} is 2^53 or more in a double"),
)

COUNT_TYPES = {"count": "bigint", "total": "hugeint", "instant": "timestamp"}


def render(name: str, **parts: str) -> str:
    """The statement `name` with its `{placeholders}` replaced by declared names; unknown ones raise."""
    return _PLACEHOLDER.sub(lambda match: parts[match[1]], queries.text(f"duckdb/{name}"))


def months() -> str:
    """The query for the organizations, regions and months in which some family has numbers; a row may come several times."""
    tables = [f"monthly.{family.table(family.rollups[0])}" for family in DEFAULT.families.values()]
    return " union all ".join(f"select organization_id, region, month from {table}" for table in tables)


def names(columns: Sequence[str], prefix: str = "") -> str:
    """A select list of plain column names."""
    return ", ".join(f"{prefix}{column}" for column in columns)


def landed(family: Family, groups: Sequence[tuple[Types, bool]], views: Sequence[str] = ()) -> str:
    """The valid rows of landing files, one branch for each set of files of equal types.

    A group is (its columns with their types, whether some of its rows are impossible); its files are bound as
    `$paths_0`, `$paths_1`..., or are read by another as the view of that number. Types are settled inside each
    branch, so what one file looks like never changes how another is read.
    """
    branches = []
    for number, (types, has_impossible_rows) in enumerate(groups):
        options = f"hive_partitioning = false, column_statistics = {statistics(family, types)}"
        files = views[number] if views else f"read_parquet($paths_{number}, {options})"
        branches.append(
            render(
                "raw/landed",
                family=family.name,
                columns=names(family.raw_columns),
                values=values(family, types),
                reason=f", case {reasons(family, types)} end as reason" if has_impossible_rows else "",
                only_valid=" and reason is null" if has_impossible_rows else "",
                event_time=family.event_time,
                files=files,
            )
        )
    return "\nunion all\n".join(branches)


def positions(family: Family, types: Types, has_impossible_rows: bool) -> str:
    """The statement that finds the newest landing row of each key; binds `$paths_0`, `$from` and `$to`."""
    stored = dict(types)
    # Columns as they are stored, where equal values are equal when settled too: their bounds spare row groups.
    compared = {name: _whole_microseconds(name, stored[name]) for name in family.key}
    return render(
        "raw/positions",
        key=names(family.key),
        landed_key=", ".join(f"{expression} as {name}" for name, expression in compared.items()),
        event_time=compared[family.event_time],
        exported_at=_whole_microseconds("exported_at", stored["exported_at"]),
        statistics=statistics(family, types),
        only_valid=f"\n        and (case {reasons(family, types)} end) is null"
        if has_impossible_rows
        else "",
    )


def newest(family: Family, types: Types) -> str:
    """The statement for the rows at those positions, among landing files of equal types; binds `$paths_0`."""
    return render(
        "raw/newest",
        family=family.name,
        key=names(family.key),
        event_time=family.event_time,
        **_read(family, types),
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


def value(column: Column, stored: str) -> str:
    """The value of a landing column in the contract's type, from the type that DuckDB reads the file's as."""
    if column.kind == "instant":
        return _instant(column.name, stored)
    if column.kind == "text" and stored == "BLOB":
        # A UUID that only Arrow's own schema calls one.
        return f"cast(cast(hex({column.name}) as uuid) as varchar)"
    return _VALUES[column.kind].format(c=column.name)


def _instant(name: str, stored: str) -> str:
    """Null when infinite in a type that must be converted."""
    return f"make_timestamp(epoch_us({name}))" if stored == _WITH_ZONE else _whole_microseconds(name, stored)


def _whole_microseconds(name: str, stored: str) -> str:
    """Nanoseconds cut to microseconds, also before 1970: DuckDB's cast rounds, its division goes toward zero."""
    if not stored.endswith("_NS"):
        return name
    return f"make_timestamp(epoch_ns({name}) // 1000 - cast(epoch_ns({name}) % 1000 < 0 as bigint))"


def reasons(source: Source, types: Types) -> str:
    """`when ... then '...'` branches: why a row of landing files of these types is impossible. A null may be one; no other reason holds of it."""
    stored = dict(types)
    branches = []
    for column in source.columns:
        name = column.name
        if not column.nullable:
            branches.append((f"{name} is null", f"{name} is null"))
            if column.blank_is_null and name in stored:
                said = value(column, stored[name])
                branches.append((f"not regexp_matches({said}, '{VISIBLE}')", f"{name} is blank"))
        is_there = f"{name} is not null and " if column.nullable else ""
        for condition, reason in _impossible(column, stored.get(name)):
            broken = condition.format(c=name, v=value(column, stored[name]))
            branches.append((f"{is_there}({broken})", reason.format(c=name)))
    if source.event_time is not None:
        branches += _impossible_times(source.event_time, stored)
    return "\n        ".join(f"when {condition} then '{reason}'" for condition, reason in branches)


def _impossible(column: Column, stored: str | None) -> tuple[tuple[str, str], ...]:
    if stored is None:
        return ()
    is_double = stored == "DOUBLE" and column.kind in ("counter", "code", "flag")
    return (_IMPOSSIBLE_DOUBLE if is_double else ()) + _IMPOSSIBLE[column.kind]


def _impossible_times(time: str, stored: Mapping[str, str]) -> list[tuple[str, str]]:
    at, exported_at = _instant(time, stored[time]), _instant("exported_at", stored["exported_at"])
    return [
        (f"{at} < timestamp '1990-01-01'", f"{time} is before 1990"),
        (f"{at} > {exported_at} + interval 1 day", f"{time} is more than a day after exported_at"),
    ]


def landing_summary(source: Source, types: Types) -> str:
    """What some landing files of these types hold, by file, day and reason; binds `$paths`."""
    return render(
        "landing/summary",
        family=source.name,
        day=f"cast({source.event_time} as date)" if source.event_time else "cast(null as date)",
        hours=f"bit_or(cast(1 << hour({source.event_time}) as integer))" if source.event_time else "max(0)",
        columns=names(source.raw_columns),
        **_read(source, types),
        reasons=reasons(source, types),
    )


def impossible_rows(source: Source, types: Types) -> str:
    """The impossible rows of some landing files of these types; binds `$paths`."""
    stored = dict(types)
    said = {
        column.name: _said(column, stored[column.name]) for column in source.columns if column.name in stored
    }
    return render(
        "landing/impossible_rows",
        family=source.name,
        content=", ".join(f"{name} := {value}" for name, value in said.items()),
        statistics=statistics(source, types),
        reasons=reasons(source, types),
    )


def _said(column: Column, stored: str) -> str:
    """What a row says in a column, as far as it can be shown."""
    if column.kind == "instant" and stored == "TIMESTAMP":
        # The first days that fit, in 290309 BC, have no text; DuckDB 2.0.0 ends the whole connection over them.
        first = "timestamp '290000-01-01 (BC)'"
        return f"if({column.name} < {first}, cast(epoch_us({column.name}) as varchar), cast({column.name} as varchar))"
    return value(column, stored) if stored == "BLOB" else column.name


def valid_rows(source: Source, types: Types) -> str:
    """The valid rows of some landing files of these types; binds `$paths`, `$file_ids` and `$regions`."""
    # A snapshot's region is that of its folder; an event names its own.
    own = source.raw_columns
    return render(
        "landing/valid_rows",
        family=source.name,
        columns=names(
            [*own, *(() if "region" in own else ("folder_region as region",)), "file_id", "row_number"]
        ),
        **_read(source, types),
        reasons=reasons(source, types),
    )


def values(source: Source, types: Types) -> str:
    """The settled value of every column of the contract, null where files of these types have none."""
    stored = dict(types)
    found = {
        column.raw_name: _unless_blank(column, value(column, stored[column.name]))
        if column.name in stored
        else f"cast(null as {TYPES[column.kind]})"
        for column in source.columns
    }
    return ", ".join(f"{expression} as {name}" for name, expression in found.items())


def _unless_blank(column: Column, value: str) -> str:
    """The value, or null where a blank text says nothing."""
    return (
        f"case when regexp_matches({value}, '{VISIBLE}') then {value} end"
        if column.blank_is_null and column.nullable
        else value
    )


def statistics(source: Source, types: Types) -> str:
    """No statistics of any column: what a footer says of its values may be wrong, and DuckDB would believe it."""
    present = {name for name, _ in types}
    found = ", ".join(f"'{column.name}': map {{}}" for column in source.columns if column.name in present)
    return f"map {{{found}}}"


def _read(source: Source, types: Types) -> dict[str, str]:
    return {"values": values(source, types), "statistics": statistics(source, types)}


def merged(measure: Measure) -> str:
    """The aggregate that merges a measure's states."""
    if measure.merge == "last":
        return f"arg_max({measure.name}, last_at) as {measure.name}"
    kind = COUNT_TYPES[measure.kind]
    return f"cast({measure.merge}({measure.name}) as {kind}) as {measure.name}"


# Dimensions that an hourly statement derives; every other is a column of its family.
DERIVED_TYPES = {"duration_bucket": "usmallint", "hour_of_day": "utinyint", "event_date": "date"}


def dimension_columns(family: Family, rollup: Rollup) -> str:
    """The dimensions of a rollup with their types; one that is neither declared nor derived raises KeyError."""
    types = DERIVED_TYPES | {column.raw_name: TYPES[column.kind] for column in family.columns}
    return ", ".join(f"{name} {types[name]}" for name in rollup.dimensions)


def touched_grain(level: Level, family: Family, rollup: Rollup) -> tuple[str, ...]:
    """What a touched group is, inside its partition: of what is computed from raw all of a subject, or its hour; all dimensions above."""
    return touched_in_raw(level, family) if family.source(level) == "raw" else rollup.dimensions


def touched_in_raw(level: Level, family: Family) -> tuple[str, ...]:
    """The same where a change of raw is followed."""
    return ("hour", family.subject) if level is HOURLY else (family.subject,)


def stale_ddl(families: Iterable[Family]) -> str:
    """`create table` for what the rollups must recompute: it has a column for every dimension of any of them."""
    listed = [dimension_columns(family, rollup) for family in families for rollup in family.rollups]
    columns = dict.fromkeys(column for columns in listed for column in columns.split(", "))
    return render("rollups/stale_table", dimensions=",\n    ".join(columns))


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
    """`create table` for a dimension: its columns, the region of the snapshot, and when one of it first named the id."""
    columns = ", ".join(f"{c.name} {TYPES[c.kind]}" for c in dimension.columns)
    return f"create table if not exists dimensions.{dimension.name} ({columns}, region varchar, first_exported_at timestamp)"


def export(source: Source) -> str:
    """The query for what a region's own database holds of a family or a dimension."""
    return render(
        "exports/events" if source.event_time else "exports/snapshot",
        source=source.name,
        columns=names([column.name for column in source.logged]),
        event_time=source.event_time or "",
    )


def dimension_ddls() -> list[str]:
    """The tables of all dimensions, and the views of who owns an organization and which regions dispute that."""
    tables = [dimension_ddl(dimension) for dimension in DIMENSIONS.values()]
    return [*tables, *(queries.text(f"duckdb/dimensions/{view}") for view in ("disputes", "owners"))]
