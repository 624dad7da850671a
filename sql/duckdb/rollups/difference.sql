-- difference: by which rows the groups of {level}.{table} change that are stale; a row exported again says nothing new.
-- One row per row that goes (sign -1) or comes (sign 1).
-- Reads stale.rollups, {level}.{table} and what it is computed from, from $from up to $to.
create or replace temp table difference as
with touched as (
    select distinct period, {grain}
    from stale.rollups
    where level = '{level}' and family = '{family}' and coalesce(rollup = '{table}', true)
        and period >= $from and period < $to
),

stored as (
    select {columns}
    from {level}.{table}
    where {period} >= $from and {period} < $to
        and (cast(date_trunc('{unit}', {period}) as date), {grain}) in (from touched)
),

computed as (
    select {columns}
    from (
        {computed}
    )
)

select *, -1 as sign from (from stored except from computed)
union all
select *, 1 as sign from (from computed except from stored)
