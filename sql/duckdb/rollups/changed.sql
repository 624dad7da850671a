-- changed: the groups of {level}.{table} that a refresh really changed; a row exported again says nothing new.
-- One row per ({period}, {dimensions}).
-- Reads before and after.
create or replace temp table changed as
select distinct {period}, {dimensions}
from (
    (from before except from after)
    union all
    (from after except from before)
)
