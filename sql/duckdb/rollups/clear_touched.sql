-- Takes the touched groups out of {level}.{table}, in the transaction that puts their successors in.
-- One row per row removed.
-- Reads touched, writes {level}.{table} from $from up to $to.
delete from {level}.{table}
where {period} >= $from and {period} < $to
    and ({period}, {grain}) in (select ({period}, {grain}) from touched)
