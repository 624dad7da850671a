-- Copies into {staging} what lies beside the staged periods in partitions of {table} that are to be swapped.
-- One row per row.
-- Reads {table}.
insert into {staging} ({columns})
select {columns}
from {table}
where _partition_id in {places:Array(String)} and toYYYYMMDD({period}) not in {partitions:Array(UInt32)}
