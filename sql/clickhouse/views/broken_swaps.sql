-- broken_swaps: the partitions whose last swap was begun and not done. Old rows may stand there beside the new ones.
-- One row per (layer, family, period).
-- Reads swaps.
create view if not exists broken_swaps as
select layer, family, period
from swaps
group by layer, family, period
having max(begun) > max(done)
