-- Rows by which {table} differs from its rebuild. None is a pass.
-- One row per difference: `stored` is in the table only, `rebuilt` in the rebuild only.
-- Reads the table and what it is built from.
with stored as (
    select {columns} from {table} {within}
),

rebuilt as (
    select {columns} from ({rebuild})
)

select '{table}' as in_table, side, cast(row_content as varchar) as content
from (
    select 'stored' as side, ({columns}) as row_content from (from stored except all from rebuilt)
    union all
    select 'rebuilt' as side, ({columns}) as row_content from (from rebuilt except all from stored)
)
order by all
limit 5
