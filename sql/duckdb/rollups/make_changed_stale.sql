-- Makes {consumer}.{table} recompute the groups that changed one level below.
-- One row per ({period}, {dimensions}).
-- Reads changed, writes {stale}.
insert into {stale} (period, {dimensions})
select distinct cast(date_trunc('{period}', {source_period}) as date), {dimensions}
from changed
