-- Partitions that some layer must still refresh.
-- One row per (layer, family, first day of the partition).
-- Reads the stale tables.
select distinct 'raw' as layer, family, period from stale.raw
union all
select distinct 'hourly', family, period from stale.hourly
union all
select distinct 'daily', family, period from stale.daily
union all
select distinct 'weekly', family, period from stale.weekly
union all
select distinct 'monthly', family, period from stale.monthly
