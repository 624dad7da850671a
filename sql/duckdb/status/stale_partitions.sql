-- Partitions that some layer must still refresh.
-- One row per layer, family and first day of a partition.
-- Reads stale.raw and stale.rollups.
select 'raw' as layer, family, period from stale.raw
union
select level, family, period from stale.rollups
