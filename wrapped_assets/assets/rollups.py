"""hourly, daily, weekly and monthly: mergeable states, each level merged from the one below.

The hourly numbers are written in sql/products/<product>/<engine>/<family>_<rollup>.sql, the merge of all other levels in
sql/*/rollups/merge.sql. A refresh recomputes the organizations and hours that new rows touched; what
a person launches recomputes whole periods. Both give identical rows.
"""

import dagster as dg

from wrapped_assets.assets.common import (
    ENGINE,
    Refresh,
    asset,
    column_schema,
    describe,
    reporter,
    sql_of,
    table_name,
    tell,
    version_of,
    wants_rebuild,
)
from wrapped_assets.families import Family, Rollup
from wrapped_assets.partitions import CALENDARS, reaching_outside, span_of
from wrapped_assets.periods import LEVELS, Level
from wrapped_assets.products import FAMILIES
from wrapped_assets.resources.warehouse import Warehouse


def rollup(level: Level, family: Family) -> dg.AssetsDefinition:
    """The asset that keeps one level of one family."""
    calendar = CALENDARS[level.name]
    source = family.source(level)
    same_calendar = CALENDARS[source] is calendar

    @asset(
        [level.name, family.name],
        deps=[
            dg.AssetDep([source, family.name], partition_mapping=None if same_calendar else reaching_outside)
        ],
        partitions=calendar,
        group=level.name,
        kinds=[ENGINE],
        code=version_of(level.name, family.name),
        columns=column_schema(column for r in family.at(level) for column in _columns(level, family, r)),
        table=", ".join(table_name(level.name, family.table(r)) for r in family.at(level)),
        more={"sql": sql_of(level.name, family.name)},
        description=describe(
            f"one {level.period} of one dimension set of `{family.name}`",
            f"`{source}/{family.name}`",
            "\n".join(
                f"- `{table_name(level.name, family.table(r))}`: {r.description}" for r in family.at(level)
            ),
        ),
    )
    def aggregate(
        context: dg.AssetExecutionContext, config: Refresh, warehouse: dg.ResourceParam[Warehouse]
    ) -> dg.MaterializeResult:
        span, full = span_of(context), wants_rebuild(context, config)
        with warehouse.writing() as writer:
            report = writer.refresh_rollup(level.name, family.name, span, full, reporter(context))
        tell(context, report)
        return dg.MaterializeResult()

    return aggregate


def _columns(level: Level, family: Family, r: Rollup) -> list[tuple[str, str, str]]:
    """The columns of one of the level's tables, the table's name before each."""
    texts = {column.name: column.description for column in family.columns}
    table = family.table(r)
    columns = [(f"{table}.{level.period}", level.period_type, f"Start of the {level.period}, UTC.")]
    columns += [
        (f"{table}.{name}", "dimension", texts.get(name, name.replace("_", " "))) for name in r.dimensions
    ]
    columns += [(f"{table}.{m.name}", f"{m.merge} of {m.kind}", m.description) for m in r.measures]
    return columns


rollups = [
    rollup(level, family) for level in LEVELS.values() for family in FAMILIES.values() if family.at(level)
]
