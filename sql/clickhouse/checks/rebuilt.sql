-- Rows by which {table} differs from its rebuild. None is a pass.
-- One row per difference: `stored` is in the table only, `rebuilt` in the rebuild only.
-- Reads the table and what it is built from.
select '{table}' as in_table, side, content
from (
    select 'stored' as side, toString(tuple({columns})) as content
    from (
        select {columns} from ({stored}) except all select {columns} from ({rebuilt})
    )
    union all
    select 'rebuilt' as side, toString(tuple({columns})) as content
    from (
        select {columns} from ({rebuilt}) except all select {columns} from ({stored})
    )
)
order by all
limit 5
