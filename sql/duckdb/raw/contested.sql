-- Whether some key has two landing rows of one version that say different things.
-- One row, contested = true or false.
-- Reads the landing rows.
select count(*) > 0 as contested
from (
    select 1
    from ({landed})
    group by {key}, exported_at
    having count(distinct ({tie_break})) > 1
)
