-- changed: organizations and touched hours whose numbers are not those of the snapshot; a row exported again says nothing new.
-- One row per (hour, organization).
-- Reads recomputed, touched and the snapshot. An hour that lost its last row is here too.
create or replace temp table changed as
with recorded as (
    select * from history.hourly.{table}
    where hour >= $from and hour < $to and hour in (select hour from touched)
)

select distinct hour, organization
from (
    (from recomputed except from recorded)
    union all
    (from recorded except from recomputed)
)
