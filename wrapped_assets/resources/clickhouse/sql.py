"""How the family declarations become ClickHouse identifiers and expressions: the one place that does it.

Values are always bound, as `{name:Type}`. Only names that a family declares, and the fixed fragments below, are put in
place of `{name}`; the rendered text is what logs, tests and Dagster metadata show.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import date

from wrapped_assets import queries
from wrapped_assets.families import Column, Family, Measure, Rollup, Source
from wrapped_assets.periods import HOURLY, LEVELS, Level
from wrapped_assets.products import DEFAULT

_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")

# A dimension that is not a column but the buckets of a histogram, kept as one state of arrays.
BUCKETS = "duration_bucket"

_START: dict[str, str] = {
    "hourly": "toStartOfHour({c})",
    "daily": "toDate32({c})",
    "weekly": "toDate32(toMonday({c}))",
    "monthly": "toDate32(toStartOfMonth({c}))",
}
PERIOD_TYPES = {
    level.name: "DateTime64(6, 'UTC')" if level is HOURLY else "Date32" for level in LEVELS.values()
}
# The partition of the periods of few rows.
_SHARED = {
    "hourly": "toYYYYMM({c})",
    "daily": "toYYYYMM({c})",
    "weekly": "toYear({c})",
    "monthly": "toYear({c})",
}
RESULT_TYPES = {"count": "toInt64", "total": "toInt128", "instant": ""}


def render(name: str, **parts: str) -> str:
    """The statement `name` with its `{placeholders}` replaced by declared names."""

    def part(match: re.Match[str]) -> str:
        # Of a header's "{since}" there is no part: it is a bound value that the comment speaks of.
        return parts.get(match[1], match[0])

    def in_words(match: re.Match[str]) -> str:
        return "the query below" if "\n" in part(match) else part(match)

    lines = queries.text(f"clickhouse/{name}").splitlines()
    return "\n".join(
        _PLACEHOLDER.sub(in_words if line.lstrip().startswith("--") else part, line) for line in lines
    )


def months() -> str:
    """The query for the organizations, regions and months in which some family has numbers; a row may come several times."""
    tables = [f"monthly_{family.table(family.rollups[0])}" for family in DEFAULT.families.values()]
    return " union all ".join(f"select organization_id, region, month from {table}" for table in tables)


def names(columns: Iterable[str], prefix: str = "") -> str:
    """A select list of plain column names."""
    return ", ".join(f"{prefix}{column}" for column in columns)


def staging(table: str) -> str:
    """Where partitions of a table are built."""
    return f"staging_{table}"


def partition(day: date) -> int:
    """The number of a period, by its first day; its partition when it has one of its own."""
    return day.year * 10_000 + day.month * 100 + day.day


def greatest_first(source: Source) -> str:
    """An `order by` list that puts the winner among rows of one key first: null below every value, text by its bytes."""
    parts = ["exported_at desc"]
    for column in source.contents:
        parts.append(f"{column.raw_name} desc" + (" nulls last" if column.nullable else ""))
    return ", ".join(parts)


def row_hash(source: Source) -> str:
    """A number that two rows of a raw table share only when they are equal."""
    return f"cityHash64({', '.join(part for column in source.columns for part in _hashed(column))})"


def _hashed(column: Column) -> list[str]:
    # The hash of a null would be null.
    name = column.raw_name
    return [f"isNull({name})", f"ifNull({name}, {column.null_as})"] if column.nullable else [name]


def is_histogram(rollup: Rollup) -> bool:
    """Whether the rollup is kept as one state of arrays."""
    return BUCKETS in rollup.dimensions


def states(rollup: Rollup) -> list[str]:
    """The columns that hold states."""
    return ["histogram"] if is_histogram(rollup) else [measure.name for measure in rollup.measures]


def stored_dimensions(rollup: Rollup) -> list[str]:
    """The dimensions that are columns."""
    return [name for name in rollup.dimensions if name != BUCKETS]


def start_of(level: Level, column: str) -> str:
    """The first instant or day of the period that a column falls in."""
    return _START[level.name].format(c=column)


def shared_partition(level: Level) -> str:
    """Which periods of a level lie in one partition when they have few rows."""
    return _SHARED[level.name].format(c=level.period)


def merged_states(rollup: Rollup) -> str:
    """The states of many rows merged into one state."""
    if is_histogram(rollup):
        return "sumMapMergeState(state.histogram) as histogram"
    return ",\n    ".join(
        f"{aggregate(measure)}MergeState(state.{measure.name}) as {measure.name}"
        for measure in rollup.measures
    )


def merged(measure: Measure, rollup: Rollup) -> str:
    """The number that many rows make together."""
    if is_histogram(rollup):
        return f"toInt64(sum(arraySum(finalizeAggregation(histogram).2))) as {measure.name}"
    return f"{aggregate(measure)}Merge({measure.name}) as {measure.name}"


def yearly_measures(rollup: Rollup) -> str:
    """The numbers that months make together, in types that Arrow has: 128 bits as a decimal, a histogram as two arrays."""
    if is_histogram(rollup):
        whole = "sumMapMerge(state.histogram)"
        return f"{whole}.1 as {BUCKETS}, {whole}.2 as {rollup.measures[0].name}"
    return ",\n    ".join(f"{_in_arrow(measure)} as {measure.name}" for measure in rollup.measures)


def _in_arrow(measure: Measure) -> str:
    number = f"{aggregate(measure)}Merge(state.{measure.name})"
    return f"toDecimal128({number}, 0)" if measure.kind == "total" else number


def unnested(rollup: Rollup, answer: str) -> str:
    """DuckDB's query for the rows of an answer with yearly measures."""
    if not is_histogram(rollup):
        return f"from {answer}"
    lists = ", ".join(f"unnest({name}) as {name}" for name in (BUCKETS, rollup.measures[0].name))
    return f"select year, {names(stored_dimensions(rollup))}, {lists} from {answer}"


def from_raw(measure: Measure) -> str:
    """The same number from raw rows, from the declaration's words."""
    words = re.sub(r"count\(\*\) filter \(where (.*)\)", r"countIf(\1)", measure.from_raw)
    words = re.sub(r"^sum\((.+)\)$", r"sum(toInt128(\1))", words).replace("arg_max(", "argMax(")
    convert = RESULT_TYPES[measure.kind]
    return f"{convert}({words}) as {measure.name}" if convert else f"{words} as {measure.name}"


# What takes the place of an aggregate of the declaration where its state is kept, the first that matches.
_STATES = (
    (r"count\(\*\)", r"sumState(toInt64(1))"),
    (r"count\(\*\) filter \(where (.*)\)", r"sumState(toInt64(\1))"),
    (r"sum\((.*)\)", r"sumState(toInt128(\1))"),
    (r"arg_max\((.*), (.*)\)", r"argMaxState(toInt128(\1), \2)"),
)
# Dimensions that no column holds.
_DERIVED = {"event_date": "toDate32({time})", "hour_of_day": "toHour({time})"}


def first_states(level: Level, family: Family, rollup: Rollup) -> str:
    """The query for a rollup of raw rows; binds `partitions`."""
    time = f"event.{family.event_time}"
    derived = {name: _DERIVED.get(name, f"event.{name}").format(time=time) for name in rollup.dimensions}
    return render(
        "rollups/first",
        level=level.name,
        table=family.table(rollup),
        family=family.name,
        period=level.period,
        event_time=family.event_time,
        start_of_period=start_of(level, time),
        dimensions=names(rollup.dimensions),
        derived=",\n    ".join(f"{expression} as {name}" for name, expression in derived.items()),
        states=",\n    ".join(f"{_state(measure, family)} as {measure.name}" for measure in rollup.measures),
    )


def _state(measure: Measure, family: Family) -> str:
    # Qualified, because a measure may have the name of its column; texts in quotes are none.
    columns = "|".join(column.raw_name for column in family.columns)
    words = re.sub(
        rf"'[^']*'|\b({columns})\b",
        lambda found: f"event.{found[1]}" if found[1] else found[0],
        measure.from_raw,
    )
    for pattern, state in _STATES:
        if re.fullmatch(pattern, words):
            return re.sub(pattern, state, words)
    (greatest,) = re.findall(r"^max\((.*)\)$", words)
    return f"maxState({greatest if measure.kind == 'instant' else f'toInt128({greatest})'})"


def export(source: Source) -> str:
    """The query for what a region's own database holds of a family or a dimension."""
    return render(
        "exports/events" if source.event_time else "exports/snapshot",
        source=source.name,
        columns=", ".join(f"{_exported(column)} as {column.name}" for column in source.logged),
        event_time=source.event_time or "",
    )


def _exported(column: Column) -> str:
    value = _EXPORTED.get(column.kind, "{c}").format(c=f"held.{column.name}")
    # Where null is not allowed, as is the rule in ClickHouse, an empty text says that there is none.
    return f"nullIf({value}, '')" if column.blank_is_null and column.nullable else value


# One byte that is no UTF-8 would make the whole file unreadable: toValidUTF8 puts U+FFFD in its place.
_EXPORTED = {"text": "toValidUTF8(toString({c}))", "instant": "toDateTime64({c}, 6, 'UTC')"}


def aggregate(measure: Measure) -> str:
    """The function whose states a measure is kept as."""
    return {"sum": "sum", "max": "max", "last": "argMax"}[measure.merge]


def rollup_rows(rollup: Rollup, level: Level, table: str) -> str:
    """A query for a rollup's rows as plain numbers, from a table or a `(subquery)` of states."""
    if is_histogram(rollup):
        measures = names(measure.name for measure in rollup.measures)
        exploded = f"\narray join finalizeAggregation(histogram).1 as {BUCKETS}, finalizeAggregation(histogram).2 as {measures}"
    else:
        finalized = [f"finalizeAggregation({each.name}) as {each.name}" for each in rollup.measures]
        measures, exploded = names(finalized), ""
    return render(
        "rollups/rows",
        table=table,
        period=level.period,
        dimensions=names(rollup.dimensions),
        measures=measures,
        exploded=exploded,
    )


def rollup_hash(rollup: Rollup, level: Level) -> str:
    """A number that two rows of states share only when they say the same."""
    finalized = ", ".join(f"finalizeAggregation({name})" for name in states(rollup))
    return f"cityHash64({level.period}, {names(stored_dimensions(rollup))}, {finalized})"


def key(family: Family) -> Sequence[str]:
    """A family's key in the order of its tables: the subject, the instant, the rest."""
    rest = [name for name in family.key if name not in (family.subject, family.event_time)]
    return [family.subject, family.event_time, *rest]
