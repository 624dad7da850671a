-- Rows of {table} of the organizations in $1, of periods from $2 up to $3.
-- One row per row of {table}.
-- Reads the snapshot.
select *
from history.{table}
where organization in (select unnest(cast($1 as integer[]))) and {period} >= $2 and {period} < $3
