-- Takes whole periods out of {level}.{table}, in the transaction that puts their successors in.
-- One row per row removed.
-- Writes {level}.{table} from $from up to $to.
delete from {level}.{table}
where {period} >= $from and {period} < $to
