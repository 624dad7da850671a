-- dimensions_{dimension}: of each region the newest snapshot of each id, and when one first named it.
-- One row per ({key}).
-- Reads landing_{dimension}, the rows of the files imported after {after}{and_what_is_held}.
insert into {target} ({columns}, region, first_exported_at)
select {columns}, region, first_exported_at
from (
    select {columns}, region, min(first_named_at) over (partition by {key}) as first_exported_at
    from (
        select {columns}, region, exported_at as first_named_at
        from landing_{dimension}
        where file_id in (
            select file_id
            from landing_files
            where family = '{dimension}' and state = 'landed' and sequence > {after:UInt64}
        )
        {held}
    )
)
order by {key}, {greatest_first}
limit 1 by {key}
