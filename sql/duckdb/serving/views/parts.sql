-- present_{level}: the parts as they are now: the snapshot where it still holds, and what replaces the rest.
-- One row per part.
-- Reads the snapshot and fresh.{level}.
create view present_{level} as
select recorded.*
from history.{level}.parts as recorded
anti join (from fresh.{level} where id is null) as replaced using (organization, {period}, kind)
union all
select * from fresh.{level} where id is not null
