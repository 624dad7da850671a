-- {view}: {table} as it is now: the snapshot where it still holds, and what replaces the rest.
-- One row per row of {table}.
-- Reads the snapshot and the fresh tables.
create view {view} as
select recorded.*
from history.{table} as recorded
anti join fresh.changed_{changed} using (organization, {period})
union all
select * from fresh.{view}
