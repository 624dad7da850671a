-- Where {staging} differs from {table}: what it leaves as it was goes no further.
-- One row per ({grain}).
-- Reads both for the partitions in {partitions}. Every row counts with its hash, negative where it stands now: equal rows
-- cancel. A partition that stands nowhere yet is new as it is, and nothing of it is hashed.
select {grain}
from (
    select toYYYYMMDD({period}) as partition, {subject}, {hash} as row_hash, 1 as sign
    from {staging}
    where toYYYYMMDD({period}) in (
        select distinct toYYYYMMDD({period}) from {table} where toYYYYMMDD({period}) in {partitions:Array(UInt32)}
    )
    union all
    select toYYYYMMDD({period}) as partition, {subject}, {hash} as row_hash, -1 as sign
    from {table}
    where toYYYYMMDD({period}) in {partitions:Array(UInt32)}
)
group by {grain}
having sum(toInt128(row_hash) * sign) <> 0 or sum(sign) <> 0
union all
select distinct {grain}
from (
    select toYYYYMMDD({period}) as partition, {subject}
    from {staging}
)
where partition not in (
    select distinct toYYYYMMDD({period}) from {table} where toYYYYMMDD({period}) in {partitions:Array(UInt32)}
)
