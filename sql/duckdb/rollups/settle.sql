-- Marks some periods as followed by {level}.{table}.
-- One row per entry settled.
-- Writes {stale} from $from up to $to.
delete from {stale}
where period >= $from and period < $to{of_family}
