-- fresh.{level}: what replaces parts of the snapshot, and marks that say of which organization, {period} and kind it replaces all.
-- One row per part, and one with a null id per mark.
-- Reads itself for what is not touched, changed and replacing.
create or replace table fresh.{level} as
select *
from (
    select * from fresh.{level}
    where kind <> $kind or {period} not in (select {period} from touched)
    union all
    select * from replacing
    union all
    select organization, {period}, $kind, null, '', 0, 0, 0, 0, null
    from changed
)
order by organization
