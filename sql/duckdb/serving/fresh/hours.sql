-- fresh.hourly_{table}: the hours that replace those of the snapshot.
-- One row per row of hourly.{table} whose hour and organization are in fresh.changed_hourly_{table}.
-- Reads itself for the hours that are not touched, and recomputed.
create or replace table fresh.hourly_{table} as
select * from fresh.hourly_{table} where hour not in (select hour from touched)
union all
select * from recomputed semi join changed using (hour, organization)
