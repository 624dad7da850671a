-- Periods whose measures in {table} are not what {source} adds up to. None is a pass.
-- One row per broken ({period}, {grain}).
-- Reads both tables from {since} up to {until}.
with expected as (
    select {start_of_period} as period, {grain}, {expected}
    from {source}
    where {time} >= toDateTime64({since:Date32}, 6, 'UTC') and {time} < toDateTime64({until:Date32}, 6, 'UTC')
    group by period, {grain}
),

found as (
    select {period} as period, {grain}, {found}
    from {table}
    where {period} >= {since:Date32} and {period} < {until:Date32}
    group by period, {grain}
)

select
    period,
    {grain},
    '{table}' as in_table,
    toString(({expected_measures})) as expected,
    toString(({found_measures})) as found
from expected
full join found using (period, {grain})
where ({differ})
    -- A rollup may count none of a period's rows, and then has no row for it.
    and (expected.{count} > 0 or found.{count} > 0)
order by all
