-- changed: organizations and touched hours whose parts are not those of the snapshot; a row exported again says nothing new.
-- One row per (organization, hour).
-- Reads recomputed, touched and the snapshot. An hour that lost its last row is here too.
insert into changed
with recorded as (
    select *
    from history.hourly.parts
    where hour >= $from and hour < $to and kind = $kind and hour in (select hour from touched)
)

select distinct organization, hour
from (
    (from recomputed except from recorded)
    union all
    (from recorded except from recomputed)
)
