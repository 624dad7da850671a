-- fresh.{level}_{table}: what replaces the rows of the snapshot that fresh.changed_{level}_{table} names.
-- One row per row of {level}.{table} of those.
-- Reads itself for what is not touched, and one level below.
create or replace table fresh.{level}_{table} as
select * from fresh.{level}_{table}
where {period} not in (select {period} from touched)
union all
{states}
