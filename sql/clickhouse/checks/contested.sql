-- Keys of {family} of which landing rows of one version say different things. None is a pass.
-- One row per (key, version), with the number of its landing rows.
-- Reads landing_{family} for the days in {partitions}; the contents only of versions that landed more than once.
select {key}, exported_at, count() as landing_rows
from (
    {landed}
) as landed
where ({key}, exported_at) in (
    select {key}, exported_at
    from (
        {landed}
    )
    group by {key}, exported_at
    having count() > 1
)
group by {key}, exported_at
having min({hash}) <> max({hash})
order by {key}, exported_at
