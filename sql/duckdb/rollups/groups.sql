-- {into}: the touched groups of {level}.{table} as they are now.
-- One row per ({period}, {dimensions}).
-- Reads touched and {level}.{table} from $from up to $to.
create or replace temp table {into} as
select {columns}
from {level}.{table} as state
semi join touched using ({period}, {grain})
where state.{period} >= $from and state.{period} < $to
