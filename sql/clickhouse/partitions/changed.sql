-- Where {staging} differs from {table}: what it leaves as it was goes no further.
-- One row per ({grain}).
-- Reads both for the partitions in {partitions}. Every row counts with its hash, negative where it stands now: equal rows cancel.
select {grain}
from (
    select {grain}, {hash} as row_hash, 1 as sign
    from (
        {staged_rows}
    )
    union all
    select {grain}, {hash} as row_hash, -1 as sign
    from (
        {rows}
    )
    where {within}
)
group by {grain}
having sum(toInt128(row_hash) * sign) <> 0 or sum(sign) <> 0
order by {grain}
