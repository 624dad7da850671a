-- In which partitions of {table} some periods lie; of a staging table, all of them.
-- One row per period and partition.
-- Reads {table} for the periods in {partitions}.
select distinct toDate32({period}) as start, _partition_id as place
from {table}
where {everything:Bool} or toYYYYMMDD({period}) in {partitions:Array(UInt32)}
