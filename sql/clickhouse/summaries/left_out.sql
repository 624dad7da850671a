-- How many landing rows of a year came too late for its frozen edition, whenever they were exported.
-- One row.
-- Reads landing_files; {last_sequence} and {left_out} are the edition's.
select toInt64(sum(row_count)) as left_out
from landing_files
array join `days.day` as day, `days.row_count` as row_count
where state = 'landed'
    and (sequence > {last_sequence:UInt64} or has({left_out:Array(UInt64)}, sequence))
    and day >= makeDate32({year:Int32}, 1, 1) and day < makeDate32({year:Int32} + 1, 1, 1)
