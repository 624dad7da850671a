"""The tables of families, rollups and dimensions, as their declarations say."""

from collections.abc import Sequence

from wrapped_assets.families import Column, Family, Kind, Measure, Rollup, Source
from wrapped_assets.periods import LEVELS, Level
from wrapped_assets.products import DIMENSIONS, FAMILIES
from wrapped_assets.resources.clickhouse import sql

_INSTANT = "DateTime64(6, 'UTC')"
_TYPES: dict[Kind, str] = {
    "text": "String",
    "instant": _INSTANT,
    "counter": "UInt64",
    "seconds": "UInt64",
    "code": "Int32",
    "flag": "UInt8",
}
# Instants ascend inside an organization; counters are far smaller than 64 bits.
_CODECS: dict[Kind, str] = {
    "instant": " codec(Delta, ZSTD(1))",
    "counter": " codec(T64, ZSTD(1))",
    "seconds": " codec(T64, ZSTD(1))",
}
_DERIVED = {"hour_of_day": "UInt8", "event_date": "Date32"}
# 128 bits, because sums of 64-bit counters pass 2^63.
_MEASURES = {"count": "Int64", "total": "Int128", "instant": _INSTANT}


def tables() -> dict[str, str]:
    """Every `create table` by the table's name."""
    made: dict[str, str] = {}
    for dimension in DIMENSIONS.values():
        made[f"landing_{dimension.name}"] = _of_source("landing_snapshots", dimension, dimension.key)
        made[f"dimensions_{dimension.name}"] = _of_source("dimensions", dimension, dimension.key)
    for family in FAMILIES.values():
        made[f"landing_{family.name}"] = _of_source("landing_events", family, sql.key(family))
        made[f"raw_{family.name}"] = _of_source("raw", family, sql.key(family))
        for level in LEVELS.values():
            made |= {
                f"{level.name}_{family.table(rollup)}": _of_rollup(level, family, rollup)
                for rollup in family.at(level)
            }
    return made


def _of_source(template: str, source: Source, key: Sequence[str]) -> str:
    return sql.render(
        f"declared/{template}",
        source=source.name,
        one_row_is=source.one_row_is,
        columns=",\n    ".join(f"{column.raw_name} {_type(column)}" for column in source.columns),
        time=source.event_time or "",
        key=sql.names(key),
    )


def _of_rollup(level: Level, family: Family, rollup: Rollup) -> str:
    types = _DERIVED | {column.raw_name: _type(column) for column in family.columns}
    stored = sql.stored_dimensions(rollup)
    others = [name for name in stored if name != family.subject]
    columns = [f"{name} {types[name]}" for name in stored] + _states(rollup)
    return sql.render(
        "declared/rollup",
        level=level.name,
        table=family.table(rollup),
        period=level.period,
        period_type=sql.PERIOD_TYPES[level.name],
        columns=",\n    ".join(columns),
        shared=sql.shared_partition(level),
        key=sql.names((family.subject, level.period, *others)),
    )


def _type(column: Column) -> str:
    named = f"Nullable({_TYPES[column.kind]})" if column.nullable else _TYPES[column.kind]
    return (f"LowCardinality({named})" if column.few else named) + _CODECS.get(column.kind, "")


def _states(rollup: Rollup) -> list[str]:
    if sql.is_histogram(rollup):
        return ["histogram AggregateFunction(sumMap, Array(UInt16), Array(Int64))"]
    return [f"{measure.name} AggregateFunction({_state(measure)})" for measure in rollup.measures]


def _state(measure: Measure) -> str:
    of = f"{sql.aggregate(measure)}, {_MEASURES[measure.kind]}"
    return f"{of}, {_INSTANT}" if measure.merge == "last" else of
