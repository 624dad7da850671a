-- Rows of {table} of the organizations from $1 to $2, of periods from $3 up to $4.
-- One row per row of {table}.
-- Reads the snapshot, where the rows of an organization lie together.
select *
from history.{table}
where organization >= $1 and organization <= $2 and {period} >= $3 and {period} < $4
