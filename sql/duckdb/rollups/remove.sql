-- Takes the rows out of {level}.{table} that are different now, in the transaction that puts their successors in.
-- One row per row removed.
-- Reads difference, writes {level}.{table}.
delete from {level}.{table} as known
using difference
where sign = -1 and {same_group}
