-- Keys of {family} of which landing rows of one version say different things. None is a pass.
-- One row per (key, version), with the number of its landing rows.
-- Reads the landing files from $from up to $to; the contents only of versions that landed more than once.
with repeated as (
    select {key}, exported_at
    from ({landed})
    group by {key}, exported_at
    having count(*) > 1
)

select {key}, exported_at, count(*) as landing_rows
from ({landed}) as landed
semi join repeated using ({key}, exported_at)
group by {key}, exported_at
having count(distinct ({tie_break})) > 1
order by all
