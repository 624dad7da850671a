-- Partitions of {family} that {layer} must still refresh.
-- One row per first day of a partition.
-- Reads {table}.
select distinct '{layer}' as layer, '{family}' as family, period
from {table}{of_family}
