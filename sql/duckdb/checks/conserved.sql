-- Periods whose measures in {table} are not what {source} adds up to. None is a pass.
-- One row per broken ({period}, {grain}).
-- Reads both tables from $from up to $to.
with expected as (
    select date_trunc('{period}', {time}) as period, {grain}, {expected}
    from {source}
    where {time} >= $from and {time} < $to
    group by all
),

found as (
    select date_trunc('{period}', {period}) as period, {grain}, {found}
    from {table}
    where {period} >= $from and {period} < $to
    group by all
)

select
    period,
    {grain},
    '{table}' as in_table,
    cast(({expected_measures}) as varchar) as expected,
    cast(({found_measures}) as varchar) as found
from expected
full join found using (period, {grain})
where ({expected_measures}) is distinct from ({found_measures})
    -- A rollup may count none of a period's rows, and then has no row for it.
    and (expected.{count} > 0 or found.{count} > 0)
order by all
