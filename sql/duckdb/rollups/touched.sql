-- touched: which groups of {level}.{table} must be recomputed, and in which {period}.
-- One row per ({period}, {grain}).
-- Reads {stale} from $from up to $to.
create or replace temp table touched as
select distinct {touched_period} as {period}, {grain}
from {stale}
where period >= $from and period < $to{of_family}
