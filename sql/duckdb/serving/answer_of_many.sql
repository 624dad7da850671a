-- What an answer is made of: some {period}s of the organizations in $1.
-- One row per part of the snapshot, and per fresh one or mark that it is replaced (its id is null).
-- Reads both in one statement, so they are of one moment.
with wanted as (select unnest(cast($1 as integer[])) as organization)

select false as is_fresh, parts.*
from history.{level}.parts as parts
semi join wanted using (organization)
where {within}
union all
select true as is_fresh, parts.*
from fresh.{level} as parts
semi join wanted using (organization)
where {within}
